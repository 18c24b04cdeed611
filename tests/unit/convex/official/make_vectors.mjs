// Asks the official client what values look like and how they are ordered, and writes the answers beside this file:
//   npm install --no-package-lock && node make_vectors.mjs
// ordered.tsv   rank <TAB> JSON.stringify(convexToJson(value)); values of one rank are equal to compareValues
// judged.tsv    a JSON text <TAB> what convexToJson(jsonToConvex(text)) is, or nothing where that throws
import { writeFileSync } from "node:fs";
import { convexToJson, jsonToConvex, compareValues } from "convex/values";

const bytes = (...list) => new Uint8Array(list).buffer;
const floatOf = (bits) => new Float64Array(new BigUint64Array([bits]).buffer)[0];
let seed = 12345;
const random = (below) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};

const scalars = [
  null, true, false,
  0n, 1n, -1n, 255n, 256n, -256n, 2n ** 63n - 1n, -(2n ** 63n), 1n << 32n,
  0, -0, 1, -1, 1.5, -1.5, 0.1, 1e21, -1e21, 123456789012345680000, 1e20, 999999999999999, 1e15, 1e16, 1e-6, 1e-7,
  1.5e-7, 123e-20, 5e-324, 2.2250738585072014e-308, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_SAFE_INTEGER,
  2 ** 63, 2 ** 64, 100000, 1795212004119.25, 0.000001234, NaN, Infinity, -Infinity, floatOf(0xfff8000000000000n),
  "", "a", "aa", "b", "\u0000", "\u0001\b\f\n\r\t\"\\/\u007f", "é", "\uffff", "\ud800\udc00", "\u{1f600}", "\u2028\u2029", "z".repeat(300),
  bytes(), bytes(0), bytes(255), bytes(0, 0), bytes(1, 2, 3), bytes(1, 2, 3, 4), bytes(1, 2, 3, 4, 5), bytes(...Array(300).keys()),
];
// Names that are whole numbers are left out: JavaScript puts them in front, whatever their order.
const names = ["a", "b", "B", "_id", "a b", "aa", "", "~", "k\"\\"];
const draw = (depth) => {
  const pick = random(depth > 0 ? 10 : 7);
  if (pick < 5) return scalars[random(scalars.length)];
  if (pick === 5) return floatOf((BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32)));
  if (pick === 6) return BigInt.asIntN(64, (BigInt(random(2 ** 32)) << 32n) | BigInt(random(2 ** 32)));
  if (pick === 7) return Array.from({ length: random(4) }, () => draw(depth - 1));
  return Object.fromEntries(Array.from({ length: random(4) }, () => [names[random(names.length)], draw(depth - 1)]));
};
const values = [...scalars, [], [null], [[]], [1, 2], [1n, 2], {}, { a: null }, { a: 1, b: 2 }, { b: 1 }, { "": {} }];
while (values.length < 700) values.push(draw(4));
values.sort(compareValues);
let rank = 0;
writeFileSync("ordered.tsv", values.map((value, i) => {
  if (i > 0 && compareValues(values[i - 1], value) !== 0) ++rank;
  return `${rank}\t${JSON.stringify(convexToJson(value))}\n`;
}).join(""));

const texts = [
  '{"$integer":"AQAAAAAAAAA="}', '{"$integer":"//////////8="}', '{"$integer":"AAA="}', '{"$integer":""}', '{"$integer":1}',
  '{"$integer":"AQAAAAAAAAA"}', '{"$integer":"AQAAAAAAAAAA"}', '{"$integer":"AQAAAAAAAAA=","a":1}', '{"a":1,"$integer":"AQAAAAAAAAA="}',
  '{"$integer":null}', '{"$integer":{"$integer":"AQAAAAAAAAA="}}', '{"$integer":"AQAAA*AAAAA="}', '{"$integer":"AQAAAAAAAAA=\\n"}',
  '{"$float":"AAAAAAAA+H8="}', '{"$float":"AAAAAAAAAIA="}', '{"$float":"AAAAAAAA8H8="}', '{"$float":"AAAAAAAA8P8="}',
  '{"$float":"AAAAAAAA8D8="}', '{"$float":"AAAAAAAAAAA="}', '{"$float":1}', '{"$float":"AAAA"}', '{"$float":"AAAAAAAA+P8="}',
  '{"$bytes":"AQID"}', '{"$bytes":""}', '{"$bytes":"AQI"}', '{"$bytes":"AQ=="}', '{"$bytes":"AR=="}', '{"$bytes":[1]}', '{"$bytes":"A==="}',
  '{"$bytes":"===="}', '{"$bytes":"AQ==AQID"}',
  '{"$set":[]}', '{"$map":[]}', '{"$undefined":null}', '{"$set":[],"a":1}', '{"$":1}', '{"$a":1,"$b":2}', '{"a":{"$x":1}}', '[{"$x":1}]',
  '{"":1}', '{"\\u0000":1}', '{"a\\u007f":1}', '{"é":1}', '{" ":1}', '{"~":1}', '{"_id":"x"}',
  `{"${"n".repeat(1024)}":1}`, `{"${"n".repeat(1025)}":1}`, '{"\\u0024integer":"AQAAAAAAAAA="}',
  '1', '1.0', '1e0', '1E+2', '0.1e1', '-0', '-0.0', '12345678901234567890', '1e21', '1e300', '9007199254740993', '-1e-7', '0e0', '01', '+1', '.5', '1.', '0x1',
  'null', 'true', 'false', 'nul', '', ' ', '"a"', '"\\ud83d\\ude00"', '"\\u0000"', '"\\x"', '"', '[]', '{}', '[1,]', '{"a":1,}', '[1 2]', '{"a"}',
  ' [ 1 , { "b" : 2 , "a" : "x" } ] ', '[1][2]', '{"a":1}x', '\u00a01', 'NaN', 'Infinity', '[NaN]', "{'a':1}", '{"b":1,"a":{"d":1,"c":2}}',
];
writeFileSync("judged.tsv", texts.map((text) => {
  let answer = "";
  try { answer = JSON.stringify(convexToJson(jsonToConvex(JSON.parse(text)))); } catch { /* refused */ }
  return `${text}\t${answer}\n`;
}).join(""));
