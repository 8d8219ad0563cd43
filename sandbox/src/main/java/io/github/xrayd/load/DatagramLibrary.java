package io.github.xrayd.load;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * The datagrams that one thread sends in turn, in one direct buffer, patched in place before each is sent.
 *
 * <p>Owned by one sending thread. Nothing here allocates after construction.
 */
final class DatagramLibrary {
    private final ByteBuffer[] datagrams;
    private final int[] order;
    private final int documentOffset;
    private int position;

    private DatagramLibrary(byte[] header, List<byte[]> documents, int[] order) {
        this.documentOffset = header.length;
        this.order = order;
        int total = documents.stream()
                .mapToInt(document -> header.length + document.length)
                .sum();
        ByteBuffer memory = ByteBuffer.allocateDirect(total);
        this.datagrams = new ByteBuffer[documents.size()];
        for (int i = 0; i < datagrams.length; i++) {
            int start = memory.position();
            memory.put(header).put(documents.get(i));
            datagrams[i] = memory.slice(start, memory.position() - start);
        }
    }

    /**
     * Makes the library of {@code config} for a run that starts at {@code startEpochMillis}; thread {@code thread}
     * begins its share of the order.
     */
    static DatagramLibrary of(LoadConfig config, long startEpochMillis, int thread) {
        byte[] header = DocumentLayout.header();
        if (!config.isMix()) {
            List<byte[]> documents = SizedDocuments.make(
                    config.documents().sizeBytes(),
                    config.documents().seed(),
                    startEpochMillis,
                    config.documents().runId());
            int[] order = new int[documents.size()];
            for (int i = 0; i < order.length; i++) {
                order[i] = i;
            }
            return new DatagramLibrary(header, documents, order);
        }
        List<byte[]> documents = new ArrayList<>();
        int[] order = new int[MixTemplates.WEIGHT_SUM];
        int next = 0;
        for (MixTemplates.Template template : MixTemplates.load()) {
            for (int i = 0; i < template.weight(); i++) {
                order[next++] = documents.size();
            }
            documents.add(MixTemplates.forRun(
                    template.document(), startEpochMillis, config.documents().runId()));
        }
        shuffle(order, new Random(config.documents().seed() + thread));
        return new DatagramLibrary(header, documents, order);
    }

    /**
     * Returns the next datagram, ready to be written, with this sequence number and time of sending; valid until the
     * next call.
     */
    ByteBuffer next(long sequence, long sendEpochMicros) {
        ByteBuffer datagram = datagrams[order[position]];
        position = position + 1 == order.length ? 0 : position + 1;
        datagram.clear();
        Hex.putLong(datagram, documentOffset + DocumentLayout.SEQUENCE_OFFSET, sequence);
        Hex.putLong(datagram, documentOffset + DocumentLayout.SEND_TIME_OFFSET, sendEpochMicros);
        return datagram;
    }

    private static void shuffle(int[] values, Random random) {
        for (int i = values.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int value = values[i];
            values[i] = values[other];
            values[other] = value;
        }
    }
}
