/// The thread `fleet` around the pure fleet, and what it needs from its surroundings.
package holdfast.fleet.node;
