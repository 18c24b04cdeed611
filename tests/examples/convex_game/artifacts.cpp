#include "files/confined_folder.hpp"
#include "files/media_type.hpp"
#include "files/sha256.hpp"
#include "http/file_response.hpp"
#include "http/site.hpp"
#include "runs/navmesh.hpp"
#include "runs/runs.hpp"

#include <evstore/convex/decode.hpp>
#include <evstore/error.hpp>

#include "support/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <sys/stat.h>

using namespace convex_game;
using Catch::Contains;
using evstore::tests::scratch_folder;
namespace fs = std::filesystem;

namespace {

const std::string picture = "\x89PNG\r\n\x1a\n" + std::string(3, '\0') + "0123456789";

void write_file(const fs::path& path, std::string_view contents) {
  fs::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << contents;
}

/// A folder of runs with one run, and beside it what nobody may read.
struct scene {
  scratch_folder home;
  fs::path folder = home.path() / "runs";
  site served{[this] {
                write_file(home.path() / "secret.txt", "secret");
                write_file(folder / "r1/background.png", picture);
                write_file(folder / "r1/extracted/archer.png", "archer");
                write_file(folder / "r1/navmesh.json", "[]");
                fs::create_symlink(home.path() / "secret.txt", folder / "r1/link.png");
                fs::create_directory_symlink(home.path(), folder / "r1/out");
                fs::create_directory_symlink(home.path(), folder / "linked");
                ::mkfifo((folder / "r1/pipe").c_str(), 0600);
                return confined_folder::open(folder);
              }(),
              std::nullopt};

  convex::http_response ask(const convex::http_request& request) {
    return *served.respond(request);
  }
  convex::http_response get(std::string_view path) {
    const std::string target = "/api/asset-proxy/" + std::string{path};
    return ask({.method = "GET", .target = target});
  }
};

std::string field(const convex::http_response& of, std::string_view name) {
  for (const auto& [known, text] : of.fields)
    if (known == name) return text;
  return {};
}

} // namespace

TEST_CASE("an artifact is given as it is, with its type and its digest") {
  scene at;
  const auto picture_given = at.get("r1/background.png");
  CHECK(picture_given.status == 200);
  CHECK(picture_given.body == picture);
  CHECK(picture_given.content_type == "image/png");
  CHECK(field(picture_given, "ETag") == "\"" + sha256(picture) + "\"");
  CHECK(at.get("r1/navmesh.json").content_type == "application/json");
  CHECK(at.get("r1/extracted/archer.png").body == "archer");
  CHECK(at.get("r1/extracted%2farcher.png").body == "archer");
  CHECK(at.get("r1/background.png?v=1").body == picture);
}

TEST_CASE("nothing leads out of a run, and what is no file is not there") {
  scene at;
  for (const char* const path : {"r1/../../secret.txt",
                                 "r1/%2e%2e/%2e%2e/secret.txt",
                                 "r1/..%2f..%2fsecret.txt",
                                 "../secret.txt",
                                 "%2e%2e/secret.txt",
                                 "r1/..%5c..%5csecret.txt",
                                 "r1/../r1/background.png",
                                 "r1//etc/passwd",
                                 "r1//background.png",
                                 "/etc/passwd",
                                 "r1/background.png%00.txt",
                                 "r1/%00",
                                 "r1/link.png",
                                 "r1/out/secret.txt",
                                 "linked/secret.txt",
                                 "r1/pipe",
                                 "r1/extracted",
                                 "r1/extracted/",
                                 "r1/",
                                 "r1",
                                 "",
                                 "r1/missing.png",
                                 "missing/scene.png",
                                 "r1/./background.png",
                                 ".",
                                 "..",
                                 "r1/%252e%252e/%252e%252e/secret.txt",
                                 "r1/\xc0\xae\xc0\xae/secret.txt"}) {
    INFO(path);
    const auto given = at.get(path);
    CHECK(given.status == 404);
    CHECK_THAT(given.body, Contains(R"("code":"NotFound","message":"there is no file )"));
  }
  for (const char* const path : {"r1/%%32%65%%32%65/secret.txt", "r1/%", "r1/%4", "r1/%zz"})
    CHECK(at.get(path).status == 400);
  CHECK_THAT(at.get("r1/missing.png").body, Contains("there is no file r1/missing.png"));
  const auto posted = at.ask({.method = "POST", .target = "/api/asset-proxy/r1/background.png"});
  CHECK(posted.status == 405);
  CHECK(field(posted, "Allow") == "GET, HEAD");
}

TEST_CASE("with the root as folder a path is still one below it") {
  const site served{confined_folder::open("/"), std::nullopt};
  for (const char* const target :
       {"/api/asset-proxy//etc/passwd", "/api/asset-proxy/../etc/passwd", "/api/asset-proxy/etc"})
    CHECK(served.respond({.method = "GET", .target = target})->status == 404);
}

TEST_CASE("a client that has the file is told so, and a part is given as a part") {
  scene at;
  const std::string target = "/api/asset-proxy/r1/background.png";
  const std::string tag = "\"" + sha256(picture) + "\"";
  for (const std::string& known : {tag, "W/" + tag, "\"x\", " + tag, std::string{"*"}}) {
    const auto same = at.ask({.method = "GET", .target = target, .if_none_match = known});
    CHECK(same.status == 304);
    CHECK(same.body.empty());
  }
  CHECK(at.ask({.method = "GET", .target = target, .if_none_match = "\"other\""}).status == 200);
  const auto part = at.ask({.method = "GET", .target = target, .range = "bytes=1-3"});
  CHECK(part.status == 206);
  CHECK(part.body == "PNG");
  CHECK(field(part, "Content-Range") == "bytes 1-3/" + std::to_string(picture.size()));
  const auto beyond = at.ask({.method = "GET", .target = target, .range = "bytes=99-"});
  CHECK(beyond.status == 416);
  CHECK(field(beyond, "Content-Range") == "bytes */" + std::to_string(picture.size()));
  const auto changed =
      at.ask({.method = "GET", .target = target, .if_range = "\"old\"", .range = "bytes=1-3"});
  CHECK(changed.status == 200);
  CHECK(at.ask({.method = "HEAD", .target = target, .range = "bytes=1-3"}).status == 200);
}

TEST_CASE("a range is what the standard says, and anything else the whole") {
  using enum range_kind;
  const auto of = [](std::string_view text) { return parse_range(text, 100); };
  CHECK(of("bytes=0-9") == std::pair{part, byte_range{0, 10}});
  CHECK(of("bytes=90-200") == std::pair{part, byte_range{90, 10}});
  CHECK(of("bytes=95-") == std::pair{part, byte_range{95, 5}});
  CHECK(of("bytes=-5") == std::pair{part, byte_range{95, 5}});
  CHECK(of("bytes=-500") == std::pair{part, byte_range{0, 100}});
  for (const char* const none : {"bytes=100-", "bytes=-0", "bytes=100-200"})
    CHECK(of(none).first == not_there);
  for (const char* const odd : {"bytes=", "bytes=-", "bytes=5-1", "bytes=a-b", "lines=0-1",
                                "bytes=0-1,3-4", "bytes=99999999999999999999-", "bytes=0--1"})
    CHECK(of(odd).first == whole);
  CHECK(parse_range("bytes=0-", 0).first == not_there);
}

TEST_CASE("what is stored is there whole, and known by name, size, digest and type") {
  const scratch_folder home;
  const runs files{confined_folder::make(home.path() / "data/runs")};
  const std::string large(10'000'000, 'x');
  const std::vector<std::pair<std::string, std::string>> all{
      {"scene.png", large},    {"background.png", picture},    {"sprites.png", picture},
      {"navmesh.json", "[]"},  {"extracted/wolf.png", "wolf"}, {"analysis.json", "{}"},
      {"gamestate.json", "{}"}};
  for (const auto& [name, contents] : all) {
    const artifact stored = files.store("run-1", name, contents);
    CHECK(stored == artifact{"run-1", name, static_cast<double>(contents.size()), sha256(contents),
                             std::string{media_type(name)}});
    CHECK(files.read("run-1", name) == contents);
    CHECK_FALSE(files.check(stored));
  }
  CHECK(files.list() == std::vector<std::string>{"run-1"});
  for (const auto& entry : fs::recursive_directory_iterator{home.path()})
    CHECK(entry.path().filename().string().front() != '.');
}

TEST_CASE("bytes that changed on the disk are found out") {
  const scratch_folder home;
  const runs files{confined_folder::make(home.path())};
  const artifact stored = files.store("r", "scene.png", picture);
  std::string other = picture;
  other.back() ^= 1;
  write_file(home.path() / "r/scene.png", other);
  CHECK_THAT(files.check(stored).value_or(""), Contains("sha256"));
  write_file(home.path() / "r/scene.png", "short");
  CHECK_THAT(files.check(stored).value_or(""), Contains("size is 5 instead of"));
  fs::remove(home.path() / "r/scene.png");
  CHECK_THAT(files.check(stored).value_or(""), Contains("not there"));
}

TEST_CASE("names that lead elsewhere, links on the way and JSON that is none are not stored") {
  const scratch_folder home;
  fs::create_directories(home.path() / "runs/r");
  fs::create_directory_symlink(home.path(), home.path() / "runs/r/out");
  const runs files{confined_folder::open(home.path() / "runs")};
  for (const char* const name : {"../x", "/x", "a//b", ".hidden", "", "a/", "a\\b", "a\nb"})
    CHECK_THROWS_AS(files.store("r", name, "x"), evstore::error);
  for (const char* const run : {"..", ".", "", "a/b", "/", "a\\b"})
    CHECK_THROWS_AS(files.store(run, "x", "x"), evstore::error);
  CHECK_THROWS_AS(files.store("r", "out/x", "x"), evstore::error);
  CHECK_THROWS_WITH(files.store("r", "../x", "x"), Contains("the artifact r/../x: the name"));
  CHECK_THROWS_WITH(files.store("..", "x", "x"), Contains("the artifact ../x: the runId"));
  CHECK_THROWS_WITH(files.store("r", "gamestate.json", "{"),
                    Contains("the artifact r/gamestate.json: "));
  CHECK_THROWS_WITH(
      files.store("r", "navmesh.json", R"({"zones":[{"label":"a","box_2d":[3,0,1,1]}]})"),
      Contains("the artifact r/navmesh.json: zone 0 has no box_2d"));
  CHECK_FALSE(fs::exists(home.path() / "x"));
}

TEST_CASE("the zones of a navmesh have labels and boxes") {
  const auto defect = [](const char* text) { return navmesh_defect(convex::decode(text)); };
  CHECK(defect(R"({"zones":[{"label":"a","box_2d":[0,0,1,1]}]})").empty());
  CHECK(defect(R"([{"label":"a","box_2d":[0,0,1,1]}])").empty());
  CHECK(defect("7") == "there is no list of zones");
  CHECK(defect(R"([{"box_2d":[0,0,1,1]}])") == "zone 0 has no label");
  for (const char* const box : {"[0,0,1]", "[0,0,1,\"1\"]", "[0,2,1,1]", "null"})
    CHECK_FALSE(defect((R"([{"label":"a","box_2d":)" + std::string{box} + "}]").c_str()).empty());
}

TEST_CASE("readers see one file or the other while it is replaced") {
  const scratch_folder home;
  const runs files{confined_folder::make(home.path())};
  const std::string one(300'000, '1');
  const std::string two(300'000, '2');
  static_cast<void>(files.store("r", "scene.png", one));
  std::thread writer{[&] {
    for (int i = 0; i < 20; ++i)
      static_cast<void>(files.store("r", "scene.png", i % 2 ? one : two));
  }};
  for (int i = 0; i < 50; ++i) {
    const auto seen = files.read("r", "scene.png");
    REQUIRE(seen);
    CHECK((*seen == one || *seen == two));
  }
  writer.join();
}
