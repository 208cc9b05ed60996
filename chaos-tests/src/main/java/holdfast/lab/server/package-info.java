/// A real server of the lab: carts that live in its memory only, so that a client sent to another server loses its
/// cart; downloads whose bytes anyone can compute; and echoes over TCP and UDP. It knows nothing of directors.
@NullMarked
package holdfast.lab.server;

import org.jspecify.annotations.NullMarked;
