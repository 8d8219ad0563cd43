package io.github.xrayd.connectors.otlp;

import io.github.xrayd.engine.export.DocumentBatch;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Documents as a call is given them.
 *
 * @param mayPutOff whether they come for the first time
 */
record TestDocuments(List<String> documents, boolean mayPutOff) implements DocumentBatch {
    static TestDocuments of(String... documents) {
        return new TestDocuments(List.of(documents), true);
    }

    static String segment(String id, String name) {
        return segment(id, name, "\"end_time\":1478293362.5");
    }

    static String segment(String id, String name, String fields) {
        return "{\"trace_id\":\"1-5759e988-bd862e3fe1be46a994272793\",\"id\":\"" + id + "\",\"name\":\"" + name
                + "\",\"start_time\":1478293361.25," + fields + "}";
    }

    @Override
    public int documentCount() {
        return documents.size();
    }

    @Override
    public byte[] document(int number) {
        return documents.get(number).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public long oldestReceivedNs() {
        return System.nanoTime();
    }

    @Override
    public int length() {
        return String.join("", documents).getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public InputStream openStream() {
        return new ByteArrayInputStream(String.join("", documents).getBytes(StandardCharsets.UTF_8));
    }
}
