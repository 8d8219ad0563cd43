package io.github.xrayd.loadtest;

import io.github.xrayd.results.ResultFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Compiles {@code benchmarks/src/main/c/recvloop.c}, where there is a C compiler. */
final class BareLoop {
    private static final Path SOURCE = Path.of("benchmarks", "src", "main", "c", "recvloop.c");
    private static final long COMPILE_SECONDS_MAX = 60;

    private BareLoop() {}

    /**
     * The program, or nothing where no {@code cc} is to be found.
     *
     * @throws LoadTestException when the compiler refuses the source
     */
    static Optional<Path> compile() throws LoadTestException, IOException, InterruptedException {
        Path source = ResultFolder.root().resolve(SOURCE);
        Path program = ResultFolder.root().resolve("benchmarks/target/recvloop");
        Files.createDirectories(program.getParent());
        Process compiler;
        try {
            compiler = new ProcessBuilder(
                            List.of("cc", "-O2", "-Wall", "-Wextra", "-o", program.toString(), source.toString()))
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return Optional.empty();
        }
        String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!compiler.waitFor(COMPILE_SECONDS_MAX, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
            throw new LoadTestException("cc could not compile " + source + ": " + output.strip());
        }
        return Optional.of(program);
    }
}
