# Sourced by the scripts beside it: what a fresh Debian 12 machine that has Swift and nothing else still needs.

say() { printf '%s\n' "$*"; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Debian packages that the server is built with.
build_packages=(pkg-config libsqlite3-dev zlib1g-dev libssl-dev libmongoc-dev libavcodec-dev libavfilter-dev)

# need_packages PURPOSE PACKAGE…: installs those that are missing, and says so. Needs root or sudo only when one is missing.
need_packages() {
    local purpose=$1 package missing=()
    shift
    for package in "$@"; do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "$purpose: needs the packages ${missing[*]}, and this system has no apt-get to install them"
    say "$purpose: installing the Debian packages ${missing[*]}"
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "$purpose: run this as root: apt-get install --no-install-recommends ${missing[*]}"
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get -qq update </dev/null || say "apt-get update failed; trying with the lists that are there"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${missing[@]}" </dev/null \
        || die "$purpose: apt-get could not install ${missing[*]}"
}

# Swift itself is the one thing that has to be there.
need_swift() {
    command -v swift >/dev/null || die "Swift is not on the PATH; install Swift 6.3 for Debian 12 (https://www.swift.org/install/linux/)"
    local version
    version=$(swift --version 2>&1 | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    case $version in
    6.[3-9] | 6.[1-9][0-9] | [7-9].* | [1-9][0-9].*) ;;
    *) die "found Swift ${version:-of an unknown version}; this project needs 6.3 or later" ;;
    esac
}
