/// Hazelcast (community edition) as the carrier of the fleet, sealed below its own protocol (ADR 29). No other package
/// imports it. It carries strings and bytes alone, in one replicated map; whatever it loses, repeats or brings late,
/// the fleet merges (design 11).
///
/// The classes [SealedNode] and its handlers use extension points that Hazelcast keeps for its own editions; a new
/// version of it needs a look at them.
package holdfast.fleet.hazelcast;
