/// The bytes of the fleet: what is published, as protobuf, and the seal of the link that carries it.
package holdfast.fleet.wire;
