package holdfast.linux;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// Why a file could not be written, and the way out, by the kernel's words, which are all that Java reports of an
/// errno.
///
/// @param remedy  a sentence without full stop
public record DiskFault(String cause, String remedy) {
    public static DiskFault of(Throwable e) {
        var cause = cause(e);
        return new DiskFault(cause, remedy(cause));
    }

    private static String cause(Throwable e) {
        return switch (e) {
            case AccessDeniedException _ -> "Permission denied";
            case NoSuchFileException _ -> "No such file or directory";
            case FileAlreadyExistsException f -> f.getFile() + " is no directory";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    private static String remedy(String cause) {
        return switch (cause) {
            case "No space left on device", "Disk quota exceeded" -> "free space there";
            case "Read-only file system" -> "see in the kernel's log why, and mount it for writing again";
            case "Permission denied", "Operation not permitted" ->
                "give the user who runs the director write permission there";
            default -> "see to that disk and the kernel's log";
        };
    }

    /// `No space left on device; free space there`.
    @Override
    public String toString() {
        return cause + "; " + remedy;
    }
}
