package holdfast.group;

import java.io.IOException;

/// The storage of terms; its text form is the file that an operator can read.
public interface TermDisk {
    /// Reserves a term for the next promotion; it is on disk for good when this returns.
    void reserve(int term) throws IOException;

    /// Marks a term as taken by a promotion, so that the end of this process does not undo it. Waits for no disk on a
    /// healthy machine.
    void use(int term) throws IOException;

    /// Writes data of the size of a term, and removes it again.
    void probe() throws IOException;
}
