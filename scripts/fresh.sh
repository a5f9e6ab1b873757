#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Try this clone as a newcomer would, on a bare Debian of its own: scripts/fresh.sh RELEASE [--quick] [--keep]
#
# Makes a root of that release with nothing but git, sudo and ca-certificates, and runs the README's two
# commands there, in a clone of HEAD: as root, and in another copy of the root as a user with sudo.
# --quick: with test.sh --quick, and the user, instead of testing, builds and installs by hand.
# --keep: leaves the roots.
#
# All that is mounted is mounted in a namespace that ends with its processes: outside of it there is
# nothing to unmount, and nothing that a removal could follow.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."

usage="usage: scripts/fresh.sh RELEASE [--quick] [--keep], RELEASE being such as trixie or bookworm"
debootstrap_scripts=${DEBOOTSTRAP_DIR:-/usr/share/debootstrap}/scripts

fail() {
    echo "fresh: $*" >&2
    exit 1
}

release=
quick=false
keep=false
for word in "$@"; do
    case $word in
    --quick) quick=true ;;
    --keep) keep=true ;;
    -* | "") echo "$usage" >&2 && exit 2 ;;
    *)
        [[ -z $release ]] || { echo "$usage" >&2 && exit 2; }
        release=$word
        ;;
    esac
done
[[ -n $release ]] || { echo "$usage" >&2 && exit 2; }

((EUID == 0)) || fail "a root of another release can only be made by root: sudo scripts/fresh.sh $*"
for tool in debootstrap unshare git flock; do
    command -v "$tool" >/dev/null || fail "$tool is missing: apt-get install debootstrap util-linux git"
done
[[ $release =~ ^[a-z]+$ && -e $debootstrap_scripts/$release ]] ||
    fail "debootstrap knows no release '$release': it is such as trixie or bookworm"
refusal=$(unshare --mount --pid --fork --kill-child --mount-proc true 2>&1) ||
    fail "this machine lets nobody mount anything (${refusal##*unshare: }): it may be a container without that right"
git rev-parse --quiet --verify HEAD >/dev/null || fail "this is no clone with a commit to try"

here=$PWD/build/fresh
mkdir -p "$here/logs" "$here/cache/$release"
needed_mb=5000
$quick && needed_mb=3000
free_mb=$(df --output=avail -BM "$here" | tr -dc '0-9')
((free_mb >= needed_mb)) || fail "$needed_mb MB are needed below build/, $free_mb are free"

say() { printf '== %s: %s (%d s)\n' "$release" "$*" "$SECONDS"; }

# What is left where nothing is mounted is removed, and never what is on another file system.
remove() {
    local folder=$1
    if grep -qF " $folder/" /proc/self/mountinfo || grep -qF " $folder " /proc/self/mountinfo; then
        echo "fresh: something is mounted below $folder, which is left as it is (see /proc/self/mountinfo)" >&2
        return 1
    fi
    rm -rf --one-file-system "$folder"
}

# A run that was killed left its folder; its lock tells.
for old in "$here"/work.*; do
    [[ ! -e $old/lock ]] || ! flock -n "$old/lock" true || remove "$old" || true
done
work=$here/work.$$
mkdir "$here/new.$$"
exec {lock}>"$here/new.$$/lock"
flock "$lock"
mv "$here/new.$$" "$work"
log=$here/logs/$release.$$

child=
clean_up() {
    local code=$? init
    trap '' INT TERM HUP
    # The first process of its namespace takes all the others along; it may have to come yet.
    while [[ -n $child && -n $(jobs -rp) ]]; do
        init=
        read -r init _ 2>/dev/null <"/proc/$child/task/$child/children" || true # it ends without a newline
        [[ -z $init ]] || kill -KILL "$init" 2>/dev/null || true
        sleep 0.1
    done
    if $keep && compgen -G "$work/root-*" >/dev/null; then
        mv "$work" "$here/kept.$$" && say "kept: build/fresh/kept.$$"
    else
        remove "$work" || code=1
    fi
    exit "$code"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

apart() { # apart COMMAND...: with mounts and processes of its own, which end with it
    unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$@" </dev/null &
    child=$!
    local code=0
    wait "$child" || code=$?
    child=
    return "$code"
}

# Inside of a root: not by chroot, in which no user may make namespaces.
inside() { # inside ROOT USER COMMAND
    # shellcheck disable=SC2016 # the inner shell expands it
    apart bash -euc '
        root=$1 user=$2 command=$3
        mount --bind "$root" "$root"
        cd "$root"
        mount -t proc proc proc
        mount -t sysfs sysfs sys
        mount -t devpts -o newinstance,gid=5,mode=620,ptmxmode=666 devpts dev/pts
        mount -t tmpfs -o mode=1777 tmpfs dev/shm
        pivot_root . .
        umount -l .
        cd /
        # Not by exec: the first process of a namespace is to wait for what others left behind.
        code=0
        runuser -l "$user" -c "$command" || code=$?
        exit $code' fresh "$@"
}

reason() { # reason LOG: its last line that tells one
    grep -E '^(E: |W: Failure|[a-z.-]+: |CMake Error|fatal: )' "$1" | tail -n1 | grep . || tail -n1 "$1"
}

# The mirror is that of this machine's apt, if that is a Debian's own.
mirror() {
    # shellcheck source=/dev/null
    [[ $(. /etc/os-release && echo "$ID") == debian ]] && command -v apt-get >/dev/null || return 0
    # shellcheck disable=SC2016 # apt expands it
    apt-get indextargets --format '$(COMPONENT) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
        awk -v own="$(. /etc/os-release && echo "${VERSION_CODENAME-}")" \
            '$1 == "main" && $2 == own && $3 ~ /^(https?|file):/ { print $3; exit }'
}

debs() { # debs FROM TO: the packages of a folder are in another, too
    cp --link --no-clobber --target-directory "$2" "$1"/*.deb 2>/dev/null || true # another run may bring them too
}

make_root() {
    say "making a bare root"
    mkdir "$work/debs"
    debs "$here/cache/$release" "$work/debs"
    # shellcheck disable=SC2046 # no mirror, no word
    apart debootstrap --variant=minbase --include=git,sudo,ca-certificates --cache-dir="$work/debs" \
        "$release" "$work/bare" $(mirror) >"$log-debootstrap.log" 2>&1 ||
        fail "debootstrap failed: $(reason "$log-debootstrap.log") (is the network there? all of it: $log-debootstrap.log)"
    debs "$work/debs" "$here/cache/$release"
    rm -f "$work/debs"/*.deb "$work/bare/var/cache/apt/archives"/*.deb
    network_of_this_machine "$work/bare"
}

# What an installer asks for and debootstrap leaves out; the proxies and the PyPI of this machine, if it has any.
network_of_this_machine() {
    cat /etc/resolv.conf >"$1/etc/resolv.conf"
    printf '127.0.0.1 localhost %s\n::1 localhost ip6-localhost\n' "$(uname -n)" >"$1/etc/hosts"
    apt-config dump 2>/dev/null | grep -E '^Acquire::https?::.*Proxy' >"$1/etc/apt/apt.conf.d/90proxy" || true
    echo "[global]" >"$1/etc/pip.conf"
    [[ -z ${PIP_INDEX_URL-} ]] || echo "index-url = $PIP_INDEX_URL" >>"$1/etc/pip.conf"
    if [[ -f ${PIP_CERT-} ]]; then
        cp "$PIP_CERT" "$1/etc/ssl/certs/pip.pem"
        echo "cert = /etc/ssl/certs/pip.pem" >>"$1/etc/pip.conf"
    fi
}

# As the README has it.
# shellcheck disable=SC2016 # the newcomer's shell expands it
declare -A steps=(
    [demo]='scripts/demo.sh'
    [test]='scripts/test.sh'
    [quick-test]='scripts/test.sh --quick'
    [install]='bash -euxc "$(sed -n "/^scripts.install-deps/,/^\`/{/^\`/!p}" README.md)" && natupnp --version'
)

newcomer() { # newcomer USER STEP...: each in a clone, in a root of the user's own
    local user=$1 root=$work/root-$1 home step output code begin
    shift
    cp -a "$work/bare" "$root"
    debs "$here/cache/$release" "$root/var/cache/apt/archives"
    home=$root/root
    if [[ $user != root ]]; then
        home=$root/home/$user
        chroot "$root" useradd --create-home --shell /bin/bash "$user"
        echo "$user ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/$user"
    fi
    git clone --quiet --no-hardlinks --no-local "file://$PWD" "$home/natupnp" ||
        fail "git could not clone $PWD"
    chroot "$root" chown -R "$user:" "/${home#"$root"/}/natupnp"
    for step in "$@"; do
        output=$log-$user-$step.log
        say "$user: $step"
        begin=$SECONDS
        code=0
        inside "$root" "$user" "cd natupnp && ${steps[$step]}" >"$output" 2>&1 || code=$?
        debs "$root/var/cache/apt/archives" "$here/cache/$release"
        if ((code)); then
            tail -n 30 "$output"
            fail "$user: $step ended with exit code $code on $release (all of it: $output)"
        fi
        echo "   done in $((SECONDS - begin)) s: $(grep . "$output" | tail -n1 | sed 's/^ *//')"
    done
    echo "   $(du -sxm "$root" | cut -f1) MB in the end"
    $keep || remove "$root"
}

[[ -z $(git status --porcelain --untracked-files=no) ]] ||
    echo "fresh: the last commit is tried; what is not committed is not in it" >&2
shopt -s nullglob
make_root
if $quick; then
    newcomer root demo quick-test
    newcomer newcomer demo install
else
    newcomer root demo test
    newcomer newcomer demo test
fi
say "all of it passed"
