/// The director's tables beside the maps that a Java program would otherwise use: [holdfast.bench.tables.Subject] has
/// one form of each. JMH measures lookups and turnover; programs of our own measure memory and a storm of a million
/// templates that expire together. Each runs in a JVM of its own; the suite collects the results.
@NullMarked
package holdfast.bench.tables;

import org.jspecify.annotations.NullMarked;
