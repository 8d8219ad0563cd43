package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The documentation's recipe for bash, run as it stands there but for the port. */
class ShellRecipeTest {
    private static final String DOCUMENT = "{\"name\":\"from bash\",\n\"id\":\"1\"}";

    @Test
    void shouldSendOneDatagram() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash");
        String row = Files.readAllLines(Path.of("../docs/HOWTO.md")).stream()
                .filter(line -> line.startsWith("| bash |"))
                .findFirst()
                .orElseThrow();
        String recipe =
                row.substring(row.indexOf('`') + 1, row.lastIndexOf('`')).replace("\\|", "|");
        assertTrue(recipe.endsWith("/2000"), recipe);
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            socket.setSoTimeout(10_000);
            String script = recipe.replaceFirst("2000$", Integer.toString(socket.getLocalPort()));
            ProcessBuilder bash = new ProcessBuilder("/bin/bash", "-c", script);
            bash.environment().put("document", DOCUMENT);
            Process process = bash.inheritIO().start();
            assertTrue(process.waitFor(10, TimeUnit.SECONDS));
            assertEquals(0, process.exitValue());
            DatagramPacket packet = new DatagramPacket(new byte[1_000], 1_000);
            socket.receive(packet);
            assertEquals(
                    "{\"format\": \"json\", \"version\": 1}\n" + DOCUMENT,
                    new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8));
        }
    }
}
