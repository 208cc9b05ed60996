# shellcheck shell=bash
# What the scripts of bin/ share: the JDK, Debian's packages, the build, and the outer namespace of the lab.
# A script sources this file first; it sets HOLDFAST_HOME and stops the script at the first error.
set -euo pipefail

HOLDFAST_HOME=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd -P)
export HOLDFAST_HOME
BUILD=$HOLDFAST_HOME/build
CACHES=$BUILD
# shellcheck source=bin/lib/jvm.sh
. "$HOLDFAST_HOME/bin/lib/jvm.sh"
export PATH=$HOLDFAST_HOME/bin:$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $1"; exit "${2:-1}"; }

is_jdk_25() {
    local release
    [[ -n $1 && -x $1/bin/javac && -r $1/release ]] || return 1
    mapfile -t release <"$1/release"
    [[ " ${release[*]}" = *' JAVA_VERSION="25'[.\"]* ]]
}

# Sets JAVA_HOME to a JDK 25; fails where there is none. It starts no program unless it must: each `holdfast` begins here.
find_jdk() {
    local home
    for home in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
        if is_jdk_25 "$home"; then
            export JAVA_HOME=$home
            return 0
        fi
    done
    home=$(readlink -f "$(command -v java || true)" || true)
    is_jdk_25 "${home%/bin/java}" && export JAVA_HOME=${home%/bin/java}
}

require_jdk() {
    find_jdk || die "needs a JDK 25: install Debian's openjdk-25-jdk-headless or Adoptium's temurin-25-jdk, or set JAVA_HOME to one"
}

# Each command that we call, with the Debian package that has it.
TOOLS=(ip:iproute2 nft:nftables pgrep:procps unshare:util-linux iperf3:iperf3 ethtool:ethtool mvn:maven)

missing_packages() {
    local tool
    for tool in "${TOOLS[@]}"; do
        command -v "${tool%%:*}" >/dev/null || printf '%s\n' "${tool#*:}"
    done
    find_jdk || printf '%s\n' "$(first_known_package openjdk-25-jdk-headless temurin-25-jdk)"
}

# The first of these packages that apt could install; nothing where it knows none of them.
first_known_package() {
    local package
    for package in "$@"; do
        if [[ -n $(apt-cache --quiet=2 show "$package" 2>/dev/null) ]]; then
            printf '%s' "$package"
            return
        fi
    done
}

require_packages() {
    local missing
    mapfile -t missing < <(missing_packages | sort -u | sed '/^$/d')
    if ((${#missing[@]} > 0)); then
        if ((EUID != 0)); then
            die "needs these packages; as root run: apt-get update && apt-get install --yes ${missing[*]}"
        fi
        say "installing ${missing[*]}"
        mkdir -p "$BUILD"
        export DEBIAN_FRONTEND=noninteractive
        logged apt apt-get update --quiet=2
        mapfile -t missing < <(missing_packages | sort -u | sed '/^$/d')   # apt may know a JDK 25 only now
        ((${#missing[@]} == 0)) || without_services "${missing[@]}"
    fi
    require_jdk
}

# Installs packages of which we want the programs only. Debian would start the service of one at once, and at each boot:
# so none may start meanwhile, and those of these packages are disabled.
without_services() {
    local policy=/usr/sbin/policy-rc.d package
    if [[ ! -e $policy ]]; then
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod +x $policy
    else
        policy=
    fi
    logged apt apt-get install --yes --no-install-recommends "$@"
    if [[ -n $policy ]]; then
        rm -f "$policy"
        trap - EXIT
    fi
    for package in "$@"; do
        if [[ -e /lib/systemd/system/$package.service ]] && command -v systemctl >/dev/null; then
            systemctl --quiet disable "$package.service" || say "could not disable the service $package; it starts at the next boot"
        fi
    done
}

# Runs a command with its output in build/NAME.log, which is shown where the command fails.
logged() {
    local log=$BUILD/$1.log
    shift
    "$@" >"$log" 2>&1 </dev/null || {
        tail -n 60 "$log" >&2
        die "failed: $* (all of its output is in $log)"
    }
}

is_built() {
    [[ -e $BUILD/stamp ]] && [[ -z $(cd "$HOLDFAST_HOME" && find pom.xml ./*/pom.xml ./*/src -newer "$BUILD/stamp" -print -quit) ]]
}

# Builds into build/lib, which is the whole class path of every program of ours but the command line. That has its own
# jars alone, in build/lib/cli: the JVM would open all others in search of classes that are nowhere. Two callers at once
# build one after the other, and a running program keeps the jars that it has open.
build() {
    [[ -w $HOLDFAST_HOME ]] || die "cannot build here: $HOLDFAST_HOME belongs to another user; clone it as yourself"
    mkdir -p "$BUILD"
    exec {lock}>"$BUILD/lock"
    flock "$lock"
    if ! is_built; then
        say "building with $JAVA_HOME (the first time fetches the libraries)"
        touch "$BUILD/stamp.new"
        rm -rf "$BUILD/lib.new"
        (cd "$HOLDFAST_HOME" && logged maven mvn --batch-mode package dependency:copy-dependencies dependency:build-classpath \
            -Dholdfast.commit="$(git describe --always --dirty --abbrev=12 2>/dev/null || true)" \
            -Dmaven.test.skip=true -DincludeScope=runtime -DoutputDirectory="$BUILD/lib.new" -Dmdep.outputFile=target/classpath)
        cp "$HOLDFAST_HOME"/{chaos-tests,benchmarks}/target/*.jar "$BUILD/lib.new"
        local picocli
        picocli=$(printf '%s' "$BUILD"/lib.new/picocli-*.jar)
        # Without stack maps no class of picocli would be in an AOT cache (ADR 28).
        logged stack-maps "$JAVA_HOME/bin/java" -cp "$BUILD/lib.new/*" holdfast.cli.StackMaps "$picocli" "$BUILD/picocli.new"
        mv "$BUILD/picocli.new" "$picocli"
        own_class_path cli
        own_class_path director
        rm -rf "${BUILD:?}/lib" "$BUILD"/*.aot
        mv "$BUILD/lib.new" "$BUILD/lib"
        train_both "$BUILD/lib/*" "$BUILD/lib/cli/*" "$HOLDFAST_HOME/conf/examples/d1.yaml"
        mv "$BUILD/stamp.new" "$BUILD/stamp"
    fi
    exec {lock}>&-
}

# The jars of one program alone, as links, in a folder of its own.
own_class_path() {
    mkdir "$BUILD/lib.new/$1"
    (cd "$BUILD/lib.new/$1" && tr ':' '\n' <"$HOLDFAST_HOME/$1/target/classpath" | sed 's:.*/:../:' | xargs ln -s ../"$1"-*.jar -t .)
}

setup() {
    require_packages
    build
}

# The first CPU that this shell may run on.
first_cpu() { sed -n 's/^Cpus_allowed_list:[[:space:]]*\([0-9]*\).*/\1/p' /proc/self/status; }

# UNSHARE makes the one namespace in which a lab lives, JOIN enters it. When the process that called UNSHARE ends, however
# it ends, the kernel ends everything inside: each link of the chain is killed when the one before it dies.
UNSHARE=(setpriv --pdeathsig KILL unshare --net --mount --pid --fork --kill-child --mount-proc)
JOIN=(nsenter --net --mount --pid)
if ((EUID != 0)); then
    UNSHARE+=(--user --map-root-user)
    JOIN+=(--user --preserve-credentials)
fi

require_namespaces() {
    ((EUID == 0)) || unshare --user --map-root-user --net true 2>/dev/null ||
        die "this kernel refuses user namespaces to ordinary users: run as root, or let root set sysctl user.max_user_namespaces=10000 (and kernel.unprivileged_userns_clone=1 or kernel.apparmor_restrict_unprivileged_userns=0 where they exist)"
}

# Runs a command inside a new outer namespace and returns its exit code; nothing of it outlives this shell.
outer() {
    local child code=0
    require_namespaces
    "${UNSHARE[@]}" "$HOLDFAST_HOME/bin/lib/inside" "$@" <&0 &
    child=$!
    # shellcheck disable=SC2064
    trap "kill -KILL $child 2>/dev/null || true; exit 130" INT TERM HUP
    wait "$child" || code=$?
    trap - INT TERM HUP
    return "$code"
}
