# SPDX-License-Identifier: MIT
"""What is in the wheel and in the source archive, no more and no less: check_wheel.py CLONE DIST"""
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

MADE = re.compile(r"natupnp/(_bin/natupnp-gateway|_swig/core\.py|_swig/_core\.[\w-]+\.so)"
                  r"|natupnp-[\d.]+\.dist-info/(METADATA|WHEEL|RECORD|licenses/LICENSE)")
MADE_COUNT = 7
LIBRARIES = re.compile(r"lib(curl|expat|c|m)\.so\.\d+|ld-linux.*")


def expect_same(what, found, expected):
    wrong = [f"{what}: {name} is {where}" for where, names in
             (("missing", expected - found), ("too much", found - expected)) for name in sorted(names)]
    print("\n".join(wrong) or f"{what}: {len(found)} files")
    return not wrong


def read(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def check_extension(path):
    """Nothing is to be seen but the entry point, nothing needed but what every system has."""
    names = {line.split()[-1] for line in read(["nm", "-D", "--defined-only", path]).splitlines()}
    tags = re.findall(r"\((NEEDED|RPATH|RUNPATH)\).*\[(.*)\]", read(["readelf", "-d", path]))
    print(f"{path.name}: {', '.join(sorted(names))}; {', '.join(' '.join(tag) for tag in tags)}")
    return names == {"PyInit__core"} and all(
        kind == "NEEDED" and LIBRARIES.fullmatch(value) for kind, value in tags)


def main(clone, dist):
    clone, dist = pathlib.Path(clone), pathlib.Path(dist)
    [wheel], [archive] = dist.glob("*.whl"), dist.glob("*.tar.gz")
    files = {str(path.relative_to(clone)) for path in clone.rglob("*") if path.is_file()}

    with zipfile.ZipFile(wheel) as packed, tempfile.TemporaryDirectory() as folder:
        found = {name for name in packed.namelist() if not name.endswith("/")}
        made = {name for name in found if MADE.fullmatch(name)}
        package = {name[len("python/"):] for name in files if name.startswith("python/natupnp/")}
        ok = expect_same("wheel", found - made, package)
        if len(made) != MADE_COUNT:
            print(f"wheel: made by the build are only {', '.join(sorted(made))}")
            ok = False
        [extension] = (name for name in made if name.endswith(".so"))
        ok &= check_extension(pathlib.Path(packed.extract(extension, folder)))

    with tarfile.open(archive) as packed:
        found = {member.name.split("/", 1)[1] for member in packed.getmembers() if member.isfile()}
    hidden = {name for name in files if name.startswith(".ci/")}
    ok &= expect_same("source archive", found - {"PKG-INFO"}, files - hidden)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
