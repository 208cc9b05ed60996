package holdfast.group;

import java.io.IOException;

/// Where terms are kept; its text form is the file that an operator can look at.
public interface TermDisk {
    /// The next promotion may take this term; it is on disk for good when this returns.
    void reserve(int term) throws IOException;

    /// A promotion takes this term; written so that the end of this process does not undo it. Waits for no disk
    /// where the machine is well.
    void use(int term) throws IOException;

    /// Writes something of the size of a term, and removes it again.
    void probe() throws IOException;
}
