/// The fleet: what the directors of a site publish about themselves, and how one of them joins what it has heard.
/// Pure: time is an argument, and no library is used. Nothing here is the truth about a director. Each entry is what
/// the director itself said, with an age; entries merge by the run and the number that their director gave them, so
/// the order of arrival has no meaning (design 8, 11).
package holdfast.fleet;
