package io.github.xrayd.cli.conformance;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table against the distribution: each row is a test, each case one process. Two run at a time, beside the tests
 * that look at what came of those before. {@code -Dconformance.only=TEXT} runs the cases whose rows' ids contain it.
 */
class ConformanceIT {
    private static final int AT_ONCE = 2;
    private static final String ONLY = System.getProperty("conformance.only", "");

    @TempDir
    static Path directory;

    private static ExecutorService threads;

    @BeforeAll
    static void startThreads() {
        threads = Executors.newFixedThreadPool(AT_ONCE);
    }

    @AfterAll
    static void stopThreads() {
        threads.shutdownNow();
    }

    @TestFactory
    List<DynamicNode> shouldDoWhatTheTableSays() throws IOException {
        List<DynamicNode> nodes = new ArrayList<>();
        for (Case each : Table.read()) {
            if (each.rows().stream().noneMatch(row -> row.id().contains(ONLY))) {
                continue;
            }
            Path own = Files.createDirectory(directory.resolve("case-" + nodes.size()));
            Future<Outcome> outcome = threads.submit(() -> new CaseRun(each, own).run());
            nodes.add(dynamicContainer(
                    nodes.size() + " xray " + String.join(" ", each.start().words()),
                    each.rows().stream()
                            .map(row -> dynamicTest(
                                    row.id() + (row.difference().isEmpty() ? " same" : " differs"),
                                    () -> new Check(each, outcome.get()).row(row)))));
        }
        return nodes;
    }
}
