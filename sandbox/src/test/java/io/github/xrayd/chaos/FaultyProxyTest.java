package io.github.xrayd.chaos;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a real server that sends back what it gets. */
@Timeout(60)
class FaultyProxyTest {
    private static final byte[] TEXT =
            "HTTP/1.1 200 OK\r\nDate: Wed, 01 Jan 2025 00:00:00 GMT\r\n\r\n{}".getBytes(StandardCharsets.ISO_8859_1);

    private ServerSocket server;
    private FaultyProxy proxy;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread echo = new Thread(this::serve);
        echo.setDaemon(true);
        echo.start();
        proxy = FaultyProxy.start((InetSocketAddress) server.getLocalSocketAddress(), 1);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    private void serve() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> echo(socket));
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException e) {
            // Reset by the proxy, as it was told.
            return;
        }
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), proxy.endpoint().getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static byte[] exchange(Socket socket) throws IOException {
        socket.getOutputStream().write(TEXT);
        return socket.getInputStream().readNBytes(TEXT.length);
    }

    @Test
    void shouldPassEverythingOn() throws IOException {
        try (Socket socket = connect()) {
            assertArrayEquals(TEXT, exchange(socket));
            assertArrayEquals(TEXT, exchange(socket));
        }
        assertEquals(0, proxy.struck());
    }

    @Test
    void shouldChangeOneByteOfAnAnswer() throws IOException {
        proxy.inject(NetworkFault.CORRUPT_ANSWERS, 1);
        try (Socket socket = connect()) {
            byte[] answer = exchange(socket);
            int changed = 0;
            for (int i = 0; i < TEXT.length; i++) {
                changed += answer[i] == TEXT[i] ? 0 : 1;
            }
            assertTrue(changed >= 1 && changed <= proxy.struck(), changed + " bytes changed");
        }
    }

    @Test
    void shouldCutAnswersOff() throws IOException {
        proxy.inject(NetworkFault.TRUNCATE, 1);
        try (Socket socket = connect()) {
            assertTrue(exchange(socket).length < TEXT.length);
            assertEquals(-1, socket.getInputStream().read());
        }
    }

    @Test
    void shouldNeverEndAnAnswer() throws IOException {
        proxy.inject(NetworkFault.ENDLESS_ANSWERS, 1);
        try (Socket socket = connect()) {
            socket.getOutputStream().write(TEXT);
            byte[] head = socket.getInputStream().readNBytes(1 << 16);
            assertEquals(1 << 16, head.length);
            assertTrue(new String(head, StandardCharsets.US_ASCII).startsWith("HTTP/1.1 200 OK\r\n"));
        }
        assertEquals(1, proxy.struck());
    }

    @Test
    void shouldReset() throws IOException {
        proxy.inject(NetworkFault.RESET, 1);
        try (Socket socket = connect()) {
            assertThrows(SocketException.class, () -> {
                exchange(socket);
                assertEquals(-1, socket.getInputStream().read(), "reset or cut off");
                throw new SocketException("cut off");
            });
        }
        // What was passed on may come back as an answer before both sides are closed, and that is struck too.
        assertTrue(proxy.struck() >= 1 && proxy.struck() <= 2, proxy.struck() + " struck");
    }

    @Test
    void shouldSwallowAConnectionForGood() throws Exception {
        proxy.inject(NetworkFault.BLACKHOLE, 1);
        try (Socket socket = connect()) {
            socket.setSoTimeout(200);
            assertThrows(SocketTimeoutException.class, () -> exchange(socket));
            proxy.behave();
            assertThrows(SocketTimeoutException.class, () -> exchange(socket));
        }
        try (Socket socket = connect()) {
            assertArrayEquals(TEXT, exchange(socket));
        }
    }

    @Test
    void shouldRefuseAndComeBackAtTheSamePort() throws Exception {
        try (Socket socket = connect()) {
            exchange(socket);
            proxy.refuse();
            assertThrows(ConnectException.class, this::connect);
            assertFalse(isOpen(socket));
        }
        proxy.behave();
        try (Socket socket = connect()) {
            assertArrayEquals(TEXT, exchange(socket));
        }
    }

    private static boolean isOpen(Socket socket) {
        try {
            return socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void shouldShiftTheDateOfAnswers() throws IOException {
        proxy.shiftDates(Duration.ofHours(25));
        try (Socket socket = connect()) {
            String answer = new String(exchange(socket), StandardCharsets.ISO_8859_1);
            assertTrue(answer.contains("\r\nDate: Thu, 02 Jan 2025 01:00:00 GMT\r\n"), answer);
        }
        assertEquals(1, proxy.struck());
    }
}
