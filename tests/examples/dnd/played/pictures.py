"""A browser that shows pages, and pictures as rows of colours."""
import pathlib
import shutil
import struct
import subprocess
import tempfile
import zlib

BROWSER = shutil.which("chromium-headless-shell") or shutil.which("chromium")


def browse(page, *options, width=1200, height=900):
    """Opens the page and ends. What the browser said: stdout, stderr."""
    with tempfile.TemporaryDirectory(prefix="dnd-browser-") as profile:
        ran = subprocess.run([BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                              "--no-first-run", "--disable-dev-shm-usage", "--enable-logging=stderr",
                              f"--user-data-dir={profile}", f"--window-size={width},{height}", *options,
                              pathlib.Path(page).resolve().as_uri()],
                             capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout, ran.stderr


def picture_of(page, width, height, *options):
    """The rows of what the browser shows, each a list of (red, green, blue)."""
    with tempfile.TemporaryDirectory(prefix="dnd-browser-") as folder:
        file = pathlib.Path(folder) / "picture.png"
        browse(page, f"--screenshot={file}", *options, width=width, height=height)
        return read_png(file.read_bytes())


def read_png(data):
    """Eight bits a channel, with or without transparency, not interlaced: what browsers write."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + size]
        at += 12 + size
        if kind == b"IHDR":
            width, height, depth, colours, _, _, interlaced = struct.unpack(">IIBBBBB", chunk)
            assert depth == 8 and colours in (2, 6) and not interlaced
        elif kind == b"IDAT":
            packed += chunk
    step = 3 if colours == 2 else 4
    raw, rows, above = zlib.decompress(packed), [], bytes(width * step)
    for y in range(height):
        begin = y * (width * step + 1)
        row = unfiltered(raw[begin], bytearray(raw[begin + 1:begin + 1 + width * step]), above, step)
        rows.append([tuple(row[x:x + 3]) for x in range(0, len(row), step)])
        above = row
    return rows


def unfiltered(kind, row, above, step):
    for x in range(len(row)):
        left = row[x - step] if x >= step else 0
        corner = above[x - step] if x >= step else 0
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = above[x]
        elif kind == 3:
            guess = (left + above[x]) // 2
        elif kind == 4:
            target = left + above[x] - corner
            guess = min((abs(target - value), order, value)
                        for order, value in enumerate((left, above[x], corner)))[2]
        else:
            break
        row[x] = (row[x] + guess) & 255
    return row
