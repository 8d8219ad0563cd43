package io.github.xrayd.cli.conformance;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What one case came to.
 *
 * @param files lines of the files in the working directory that a row asks for
 * @param fill puts what the placeholders stood for into a text
 */
record Outcome(
        int exitCode,
        List<String> out,
        List<String> err,
        Map<String, List<String>> files,
        List<StandIn.Asked> asked,
        Map<String, PortCall.Reply> replies,
        UnaryOperator<String> fill) {}
