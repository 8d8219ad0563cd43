package io.github.xrayd.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Spoils bytes by a seed: flips, inserts, cuts, repeats and splices, with words that are known to be awkward. For one
 * thread.
 */
public final class Mutator {
    private static final int MUTATIONS_MAX = 4;
    private static final int REPEATS_MAX = 200;

    private final SplittableRandom random;
    private final List<byte[]> words;
    private final int lengthMax;

    /**
     * A mutator.
     *
     * @param words what is spliced in
     * @param lengthMax most bytes of a result
     */
    public Mutator(long seed, int lengthMax, String... words) {
        random = new SplittableRandom(seed);
        this.lengthMax = lengthMax;
        this.words = Arrays.stream(words)
                .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
                .toList();
    }

    /** The random numbers, for choices that belong to the same seed. */
    public SplittableRandom random() {
        return random;
    }

    /** One of some samples, spoilt. */
    public byte[] next(List<byte[]> samples) {
        byte[] bytes = samples.get(random.nextInt(samples.size())).clone();
        for (int i = 1 + random.nextInt(MUTATIONS_MAX); i > 0; i--) {
            bytes = mutate(bytes);
        }
        return bytes.length > lengthMax ? Arrays.copyOf(bytes, lengthMax) : bytes;
    }

    private byte[] mutate(byte[] bytes) {
        int from = random.nextInt(bytes.length + 1);
        int to = from + random.nextInt(Math.min(64, bytes.length - from) + 1);
        switch (random.nextInt(7)) {
            case 0 -> {
                if (from < bytes.length) {
                    bytes[from] ^= (byte) (1 << random.nextInt(8));
                }
                return bytes;
            }
            case 1 -> {
                byte[] noise = new byte[1 + random.nextInt(16)];
                random.nextBytes(noise);
                return join(bytes, from, noise, from);
            }
            case 2 -> {
                return join(bytes, from, new byte[0], to);
            }
            case 3 -> {
                return Arrays.copyOf(bytes, from);
            }
            case 4 -> {
                byte[] piece = Arrays.copyOfRange(bytes, from, to);
                ByteArrayOutputStream repeated = new ByteArrayOutputStream();
                for (int i = random.nextInt(REPEATS_MAX); i > 0; i--) {
                    repeated.writeBytes(piece);
                }
                return join(bytes, from, repeated.toByteArray(), to);
            }
            default -> {
                byte[] word = words.get(random.nextInt(words.size()));
                return join(bytes, from, word, random.nextBoolean() ? from : to);
            }
        }
    }

    private static byte[] join(byte[] bytes, int headEnd, byte[] middle, int tailStart) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(bytes, 0, headEnd);
        joined.writeBytes(middle);
        joined.write(bytes, tailStart, bytes.length - tailStart);
        return joined.toByteArray();
    }
}
