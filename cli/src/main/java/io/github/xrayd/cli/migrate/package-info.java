/**
 * Reads how an official daemon is started (process, unit, container, file) and says what that is in xrayd's
 * configuration. Knows the official daemon's flags, keys and formats; knows nothing of the command.
 */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.cli.migrate;
