package io.github.xrayd.cli;

import io.github.xrayd.connectors.compare.RecordSource;
import io.github.xrayd.connectors.compare.Records;
import io.github.xrayd.connectors.kafka.TopicReader;
import io.github.xrayd.sandbox.SandboxClient;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What {@code xray compare} reads: a sandbox, a file, a Kafka topic. */
final class CompareSource {
    private static final Pattern TOPIC = Pattern.compile("kafka://([^/]+)/([^/?#]+)");

    private CompareSource() {}

    /**
     * What the sources are opened with.
     *
     * @param progress hears what a source waits for
     */
    record Context(
            Path directory, @Nullable Duration since, Map<String, String> kafkaProperties, Consumer<String> progress) {}

    /**
     * Opens one.
     *
     * @param text as it was given
     * @throws IllegalArgumentException when it is none of them
     * @throws IOException when it cannot be read
     */
    static RecordSource open(String text, Context context) throws IOException, InterruptedException {
        if (text.startsWith("http://") || text.startsWith("https://")) {
            return new SandboxRecords(new SandboxClient(uri(text)), context.since());
        }
        if (text.startsWith("kafka://")) {
            Matcher topic = TOPIC.matcher(text);
            if (!topic.matches()) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" is no topic: give kafka://HOST:PORT,HOST:PORT/TOPIC");
            }
            return new TopicRecords(
                    TopicReader.open(topic.group(1), topic.group(2), context.kafkaProperties(), context.progress()));
        }
        return FileRecords.open(context.directory().resolve(text), text);
    }

    private static URI uri(String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no address of a sandbox: " + e.getMessage(), e);
        }
    }

    private record SandboxRecords(SandboxClient client, @Nullable Duration since) implements RecordSource {
        @Override
        public void read(Sink sink) throws IOException, InterruptedException {
            client.eachTrace(since, sink::isWanted, trace -> sink.accept(trace.getBytes(StandardCharsets.UTF_8)));
            long evicted = client.evictedTraces();
            if (evicted > 0) {
                throw new IOException("the sandbox has dropped " + evicted
                        + " traces because its memory was full, so it proves nothing: give it more with --keep");
            }
        }
    }

    private record TopicRecords(TopicReader reader) implements RecordSource {
        @Override
        public void read(Sink sink) throws IOException, InterruptedException {
            reader.read(sink::accept);
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    /**
     * A file with one record in each line, or one that is a record as a whole. It is read to the length that it had
     * when it was opened.
     *
     * @param isWhole whether the file is one JSON value
     */
    private record FileRecords(Path file, String name, long length, boolean isWhole) implements RecordSource {
        static FileRecords open(Path file, String name) throws IOException {
            try {
                if (Files.isDirectory(file)) {
                    throw new IOException(name + " is a directory");
                }
                long length = Files.size(file);
                boolean isWhole = length <= Records.LENGTH_MAX && Records.isJson(Files.readAllBytes(file));
                return new FileRecords(file, name, length, isWhole);
            } catch (NoSuchFileException e) {
                throw new IOException(
                        "there is no file " + name
                                + "; give a file, the address of a sandbox (http://HOST:PORT) or a topic"
                                + " (kafka://HOST:PORT/TOPIC)",
                        e);
            }
        }

        @Override
        public void read(Sink sink) throws IOException {
            if (isWhole) {
                sink.accept(Files.readAllBytes(file));
                return;
            }
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
                ByteArrayOutputStream line = new ByteArrayOutputStream();
                for (long left = length; left > 0; left--) {
                    int next = in.read();
                    if (next < 0) {
                        throw new IOException(name + " became shorter while it was read");
                    }
                    // What is too long is cut, and then refused because of its length.
                    if (next != '\n' && line.size() <= Records.LENGTH_MAX) {
                        line.write(next);
                    } else if (next == '\n') {
                        accept(line, sink);
                    }
                }
                accept(line, sink);
            }
        }

        private static void accept(ByteArrayOutputStream line, Sink sink) {
            byte[] bytes = line.toByteArray();
            line.reset();
            if (!isBlank(bytes)) {
                sink.accept(bytes);
            }
        }

        private static boolean isBlank(byte[] bytes) {
            for (byte each : bytes) {
                if (each < 0 || each > ' ') {
                    return false;
                }
            }
            return true;
        }
    }
}
