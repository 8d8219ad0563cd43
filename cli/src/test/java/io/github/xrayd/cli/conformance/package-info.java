/** What the reference daemon does, as one table of cases that drive the distribution. */
@org.jspecify.annotations.NullMarked
package io.github.xrayd.cli.conformance;
