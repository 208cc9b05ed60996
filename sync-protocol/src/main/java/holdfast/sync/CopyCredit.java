package holdfast.sync;

/// How far a worker may go with a copy now, so that its standby can follow. One that has heard of no credit for a
/// copy waits.
///
/// @param ticket   of the copy's [CopyOrder]
/// @param records  that it may have written since the begin of the copy
public record CopyCredit(int ticket, int records) {
    public static final CopyCredit NONE = new CopyCredit(0, 0);
}
