package io.github.xrayd.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.options.CommandLineOptions;

class JmhTest {
    @Test
    void shouldKeepThisProcessFromTellingForksItsArguments() throws Exception {
        assertEquals(
                List.of(),
                List.copyOf(Jmh.withDefaults(new CommandLineOptions())
                        .build()
                        .getJvmArgs()
                        .get()));
        assertEquals(
                List.of("-Xmx1g"),
                List.copyOf(Jmh.withDefaults(new CommandLineOptions("-jvmArgs", "-Xmx1g"))
                        .build()
                        .getJvmArgs()
                        .get()));
    }
}
