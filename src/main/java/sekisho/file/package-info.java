/** Problems with files, told in one line. */
@NullMarked
package sekisho.file;

import org.jspecify.annotations.NullMarked;
