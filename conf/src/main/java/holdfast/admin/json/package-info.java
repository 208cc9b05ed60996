/// The admin messages as JSON; the only package that uses Jackson. Enum values are lower-case words, endpoints and
/// service keys are written as operators type them, and null is written.
@NullMarked
package holdfast.admin.json;

import org.jspecify.annotations.NullMarked;
