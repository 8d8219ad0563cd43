package io.github.xrayd.system;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Makes good and bad datagrams by a seed, each with what must become of it. For one thread. */
final class HostileTraffic {
    private static final int GOOD_SHARE = 10;
    private static final int LARGE_SHARE = 300;
    private static final int SMALL_MAX = 200;
    private static final String REPLACED = "\uFFFD";

    /** First lines that no header is; each is followed by a newline and more. */
    private static final List<String> BAD_HEADERS = List.of(
            "",
            " ",
            "x",
            "{}",
            "[]",
            "null",
            "\"json\"",
            "{\"format\":\"json\"}",
            "{\"version\":1}",
            "{\"format\":\"json\",\"version\":2}",
            "{\"format\":\"json\",\"version\":\"1\"}",
            "{\"format\":\"json\",\"version\":11}",
            "{\"format\":\"json\",\"version\":1e400}",
            "{\"format\":\"json\",\"version\":-1}",
            "{\"format\":\"xml\",\"version\":1}",
            "{\"format\":1,\"version\":1}",
            "{\"format\":null,\"version\":null}",
            "{\"format\":\"json\",\"version\":1",
            "{\"format\":\"json\",\"version\":1}}",
            "{\"format\":\"json\",\"version\":1} trailing",
            "{\"format\":\"json\",\"version\":1,}",
            "{\"format\":\"json\" \"version\":1}",
            "{'format':'json','version':1}",
            "{\"format\":\"js\u0000on\",\"version\":1}",
            "{\"format\":\"json\\ud800\",\"version\":1}",
            "GET / HTTP/1.1\r",
            "\u0000\u0000\u0000\u0000",
            "\ufeff{\"format\":\"json\",\"version\":1}");

    private final SplittableRandom random;
    private final Map<String, Long> rejections = new HashMap<>();
    private int number;

    /**
     * One datagram.
     *
     * @param bytes its payload
     * @param arrives the document that must arrive, or empty when the datagram must be rejected
     */
    @SuppressWarnings("ArrayRecordComponent") // Only read, never compared.
    record Made(byte[] bytes, String arrives) {}

    HostileTraffic(long seed) {
        random = new SplittableRandom(seed);
    }

    /** How many datagrams of each rejection were made, as the ledger names them. */
    Map<String, Long> rejections() {
        return Map.copyOf(rejections);
    }

    Made next() {
        number++;
        if (random.nextInt(GOOD_SHARE) == 0) {
            return good();
        }
        return switch (random.nextInt(6)) {
            case 0 -> bad("empty", new byte[0]);
            case 1 -> bad("no_header", withoutNewline());
            case 2 -> bad("no_header", headerWithoutNewline());
            case 3 -> bad("header", badHeader());
            case 4 -> bad("header", nestedHeader());
            default -> bad("no_document", header().getBytes(StandardCharsets.UTF_8));
        };
    }

    private Made bad(String reason, byte[] bytes) {
        rejections.merge("rejected." + reason, 1L, Long::sum);
        return new Made(bytes, "");
    }

    private Made good() {
        String id = "{\"name\":\"good\",\"number\":" + number + "}";
        byte[] binary = new byte[random.nextInt(LARGE_SHARE) == 0 ? 60_000 : random.nextInt(SMALL_MAX)];
        StringBuilder arrives = new StringBuilder(id);
        for (int i = 0; i < binary.length; i++) {
            // Half of the bytes are text or control characters; the others begin or continue nothing in UTF-8.
            int value = random.nextInt(256);
            binary[i] = (byte) (value < 128 ? value : value < 192 ? value : 0xf8 + value % 8);
            arrives.append(value < 128 ? String.valueOf((char) value) : REPLACED);
        }
        byte[] document = new byte[id.length() + binary.length];
        System.arraycopy(id.getBytes(StandardCharsets.US_ASCII), 0, document, 0, id.length());
        System.arraycopy(binary, 0, document, id.length(), binary.length);
        return new Made(Datagrams.of(header(), document), arrives.toString());
    }

    /** Any spelling that is accepted. */
    private String header() {
        return switch (random.nextInt(4)) {
            case 0 -> Datagrams.HEADER;
            case 1 -> Datagrams.COMPACT_HEADER;
            case 2 -> "{\"Version\": 1, \"more\": [1, {\"" + number + "\": null}], \"FORMAT\": \"Json\"}\r\n";
            default -> "{\"version\":1,\"format\":\"json\",\"n\":" + number + "}\n";
        };
    }

    private byte[] randomBytes() {
        int length = random.nextInt(LARGE_SHARE) == 0 ? Datagrams.LENGTH_MAX : 1 + random.nextInt(SMALL_MAX);
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] withoutNewline() {
        byte[] bytes = randomBytes();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '\n' ? 0 : bytes[i];
        }
        return bytes;
    }

    /** A good header, cut off before its end or joined with a document by something that is not a newline. */
    private byte[] headerWithoutNewline() {
        String header = header().strip();
        return (random.nextBoolean()
                        ? header.substring(0, 1 + random.nextInt(header.length()))
                        : header + "\\n{\"name\":\"x\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] badHeader() {
        byte[] first = BAD_HEADERS.get(random.nextInt(BAD_HEADERS.size())).getBytes(StandardCharsets.UTF_8);
        byte[] rest = randomBytes();
        int length = Math.min(Datagrams.LENGTH_MAX, first.length + 1 + rest.length);
        byte[] bytes = new byte[length];
        System.arraycopy(first, 0, bytes, 0, first.length);
        bytes[first.length] = '\n';
        System.arraycopy(rest, 0, bytes, first.length + 1, length - first.length - 1);
        return bytes;
    }

    /** What makes a recursive reader run out of stack, and numbers and strings that are very long. */
    private byte[] nestedHeader() {
        int depth = random.nextInt(LARGE_SHARE) == 0 ? 10_000 : 1 + random.nextInt(40);
        String value =
                switch (random.nextInt(4)) {
                    case 0 -> "[".repeat(depth);
                    case 1 -> "{\"a\":".repeat(depth);
                    case 2 -> "9".repeat(depth) + "e" + "9".repeat(depth) + "}";
                    default -> "\"" + "\\u0000".repeat(depth);
                };
        return ("{\"format\":\"json\",\"a\":" + value + "\n{\"name\":\"x\"}").getBytes(StandardCharsets.UTF_8);
    }
}
