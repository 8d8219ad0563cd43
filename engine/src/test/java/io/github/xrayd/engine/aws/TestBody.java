package io.github.xrayd.engine.aws;

import io.github.xrayd.engine.export.DocumentBatch;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A body from a String, as one document. */
class TestBody implements DocumentBatch {
    static final String TEXT =
            "{\"TraceSegmentDocuments\":[\"{\\\"id\\\":\\\"0000000000000001\\\",\\\"name\\\":\\\"caf\u00e9\\\"}\"]}";

    private final byte[] bytes;

    TestBody(String text) {
        bytes = text.getBytes(StandardCharsets.UTF_8);
    }

    TestBody() {
        this(TEXT);
    }

    @Override
    public int length() {
        return bytes.length;
    }

    @Override
    public int documentCount() {
        return 1;
    }

    @Override
    public byte[] document(int number) {
        return bytes.clone();
    }

    @Override
    public long oldestReceivedNs() {
        return 0;
    }

    @Override
    public InputStream openStream() {
        return new ByteArrayInputStream(bytes);
    }
}
