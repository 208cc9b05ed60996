# shellcheck shell=bash
# How a JVM runs Holdfast: the flags, the AOT caches, the programs. The scripts of a clone and those of the package source
# this file, so that both start the same way. Who sources it has set JAVA_HOME, and CACHES to the folder of the AOT caches.

# Memory access by FFM, and by Netty and protobuf through Unsafe; the command line has neither.
JVM=(--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow)

# The product deserialises no Java object at all: JGroups would do it with what it receives. (JMH, in benchmarks, must.)
# Its counters stay in its own memory: a mapped file in /tmp would make a thread wait for the disk at a safepoint.
PRODUCT_JVM=('-Djdk.serialFilter=!*' -XX:+PerfDisableSharedMem)

# ZGC pauses least (a heartbeat was late by 4 ms at most, with Serial 30); the heap is small because tables are outside.
DIRECTOR_JVM=("${JVM[@]}" "${PRODUCT_JVM[@]}" -XX:+UseZGC -Xms128m -Xmx128m -XX:+AlwaysPreTouch -XX:+ExitOnOutOfMemoryError)

# Short runs: a simple compiler, a simple collector, and reflection without code made for it (ADR 28 has the numbers).
CLI_JVM=("${PRODUCT_JVM[@]}" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djdk.reflect.useNativeAccessorOnly=true)

# The jars of a folder as a class path, always in the same order: a cache fits this order alone.
class_path() {
    local LC_ALL=C IFS=:
    local jars=("$1"/*.jar)
    printf '%s' "${jars[*]}"
}

# Runs a program of ours in place of this shell: `run_java NAME CLASSPATH FLAGS... -- MAIN ARGUMENTS...`. A cache that does
# not fit (other jars, another JDK, damaged) is left aside by the JVM, and its complaint is nothing for an operator.
run_java() {
    local name=$1 path=$2 flags=()
    shift 2
    while [[ $1 != -- ]]; do
        flags+=("$1")
        shift
    done
    shift
    [[ ! -r $CACHES/$name.aot ]] || flags+=(-XX:AOTCache="$CACHES/$name.aot" -XX:AOTMode=auto '-Xlog:aot*=off,cds*=off')
    exec "$JAVA_HOME/bin/java" "${flags[@]}" -cp "$path" "$@"
}

# `run_holdfast DIRECTOR-CLASSPATH CLI-CLASSPATH ARGUMENTS...`: the director, or the command that speaks to a running one.
run_holdfast() {
    local director=$1 cli=$2
    shift 2
    if [[ ${1:-} = director ]]; then
        shift
        run_java director "$director" "${DIRECTOR_JVM[@]}" -- holdfast.boot.Main "$@"
    fi
    run_java cli "$cli" "${CLI_JVM[@]}" -- holdfast.cli.Main "$@"
}

# Makes CACHES/NAME.aot, from which a program starts faster: `train NAME CLASSPATH FLAGS... -- MAIN ARGUMENTS...` runs it
# once and keeps the classes that it loaded. How the run ends does not matter, and a program without its cache only starts
# slower.
train() {
    local name=$1 path=$2 flags=() code=0
    shift 2
    while [[ $1 != -- ]]; do
        flags+=("$1")
        shift
    done
    shift
    rm -f "$CACHES/$name.aot.new"
    timeout 120 "$JAVA_HOME/bin/java" "${flags[@]}" -XX:AOTCacheOutput="$CACHES/$name.aot.new" -cp "$path" "$@" \
        >"$CACHES/aot-$name.log" 2>&1 </dev/null || code=$?
    if [[ -s $CACHES/$name.aot.new ]]; then
        mv "$CACHES/$name.aot.new" "$CACHES/$name.aot"
    else
        printf '%s\n' "no AOT cache for the $name (exit code $code, see $CACHES/aot-$name.log); it starts more slowly" >&2
    fi
}

# `train_both DIRECTOR-CLASSPATH CLI-CLASSPATH CONFIGURATION`: the caches of what run_holdfast runs.
train_both() {
    train director "$1" "${DIRECTOR_JVM[@]}" -- holdfast.boot.Training "$3"
    train cli "$2" "${CLI_JVM[@]}" -- holdfast.cli.Training "$CACHES/training.sock" "$3"
}
