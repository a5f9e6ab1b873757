#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the Python and Lua modules of a build show is frozen: the names of the library that they wrap, and the public
names above them: wrapped.py ROOT BUILD PYTHON..."""
import pathlib
import re
import shutil
import subprocess
import sys

SKIPPED = 77
LIMIT_S = 30
LUAS = ("lua5.1", "lua5.2", "lua5.3", "lua5.4", "luajit")
PUBLIC = {
    "python": """
import importlib
for name in ("natupnp", "natupnp.testing"):
    module = importlib.import_module(name)
    for field in module.__all__:
        getattr(module, field)
        print("python", name, field)
""",
    "lua": """
for _, name in ipairs { "natupnp", "natupnp.testing", "natupnp.uv" } do
  for field in pairs(require(name)) do print("lua", name, field) end
end
""",
}
CORE = {
    "python": "import natupnp._swig.core as core; print(*(name for name in vars(core) if name[0] != '_'))",
    "lua": "for name in pairs(require('natupnp.core' .. (_VERSION:gsub('%D', '')))) do print(name) end",
}


def differences(title, shown, frozen):
    """What to say of two sets of names that should be one."""
    for what, names in ((f"{title}, but not in the list", shown - frozen),
                        (f"in the list, but not {title}", frozen - shown)):
        if names:
            yield f"{what}: {', '.join(sorted(names))}"


class Wrapped:
    """wrapped_names.txt."""

    def __init__(self, path):
        lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
        rows = [[part.strip() for part in line.split("|", 2)] for line in lines]
        self.library = {name: (wrapped, how) for name, wrapped, how in rows if name != "-"}
        self.more = {wrapped: how for name, wrapped, how in rows if name == "-"}

    def names(self, language):
        """The names that a module has."""
        wrapped = {wrapped for wrapped, _ in self.library.values() if wrapped != "-"}
        return wrapped | {name for name, how in self.more.items() if language == "lua" or "Lua only" not in how}

    def faults(self, rules, bindings):
        """Where the list does not agree with what is written elsewhere."""
        exported = set((rules / "exported_names.txt").read_text().split())
        yield from differences("exported", exported, set(self.library))
        for name, (wrapped, how) in self.library.items():
            if wrapped == "-" and not how:
                yield f"{name} is left out, but not said why"
            if not how and wrapped != name.replace("natupnp_", "", 1):
                yield f"{name} is not {wrapped}"
        told = {f"natupnp_script_{wrapped}" for wrapped, how in self.library.values() if how.startswith("script.h")}
        ignored = set(re.findall(r"%ignore (\w+);", (bindings / "natupnp_common.i").read_text()))
        declared = set(re.findall(r"\b(natupnp_script_\w+)\(", (bindings / "script.h").read_text()))
        yield from differences("in script.h", declared - ignored, told)


def output(command, code, environment):
    assignments = [f"{key}={value}" for key, value in environment.items()]
    done = subprocess.run(["env", *assignments, *command, code], capture_output=True, text=True, timeout=LIMIT_S,
                          check=False)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]}: {done.stderr}")
    return done.stdout


def built(build, pythons):
    """The modules of the build: interpreter, language and how to reach it."""
    for python in pythons:
        suffix = output([python, "-c"], "import sysconfig; print(sysconfig.get_config_var('EXT_SUFFIX'))", {}).strip()
        if (build / f"python/natupnp/_swig/_core{suffix}").exists():
            yield [python, "-B", "-c"], "python", {"PYTHONPATH": build / "python"}
    for lua in LUAS:
        abi = re.sub(r"\D", "", lua) or "51"
        if (build / f"lua/natupnp/core{abi}.so").exists() and shutil.which(lua):
            yield [lua, "-e"], "lua", {"LUA_PATH": f"{build}/lua/?.lua", "LUA_CPATH": f"{build}/lua/?.so"}


def main(root, build, *pythons):
    root, build = pathlib.Path(root), pathlib.Path(build)
    rules = root / "tests/rules"
    wrapped = Wrapped(rules / "wrapped_names.txt")
    public = {line for line in (rules / "wrapped_public.txt").read_text().splitlines() if not line.startswith("#")}
    wrong = list(wrapped.faults(rules, root / "bindings"))
    seen = []
    for command, language, environment in built(build, pythons):
        title = f"in {command[0]}"
        core = set(output(command, CORE[language], environment).split())
        wrong += differences(title, core, wrapped.names(language))
        shown = {" ".join(line.split()) for line in output(command, PUBLIC[language], environment).splitlines()}
        wrong += differences(title, shown, {line for line in public if line.startswith(language)})
        seen.append(command[0])
    print("\n".join(wrong))
    print(f"{len(wrapped.library)} functions, {len(public)} public names, in {', '.join(seen) or 'no module'}")
    return 1 if wrong else 0 if seen else SKIPPED


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
