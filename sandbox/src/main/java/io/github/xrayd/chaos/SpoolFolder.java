package io.github.xrayd.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SplittableRandom;

/** A scenario's own folder for what the daemon keeps on disk; goes with the scenario. */
final class SpoolFolder implements AutoCloseable {
    /** Stands for the folder in a scenario's flags. */
    static final String PLACE = "{folder}";

    private static final int DAMAGE_LENGTH = 1_000;

    private final Path path;

    SpoolFolder() throws IOException {
        path = Files.createTempDirectory("xray-chaos-spool-");
    }

    Path path() {
        return path;
    }

    /** Changes some bytes in the middle of the largest spool file; false when there is none. */
    boolean damage(long seed) throws IOException {
        Path largest = null;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path, "*.spool")) {
            for (Path file : files) {
                if (largest == null || Files.size(file) > Files.size(largest)) {
                    largest = file;
                }
            }
        }
        if (largest == null || Files.size(largest) < 4 * DAMAGE_LENGTH) {
            return false;
        }
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = new byte[DAMAGE_LENGTH];
        random.nextBytes(bytes);
        try (RandomAccessFile file = new RandomAccessFile(largest.toFile(), "rw")) {
            file.seek(file.length() / 2);
            file.write(bytes);
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path folder, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                Files.deleteIfExists(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
