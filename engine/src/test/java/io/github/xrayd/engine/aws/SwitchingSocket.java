package io.github.xrayd.engine.aws;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers its first connection from a script, and hands the bytes of every later one to a service. */
final class SwitchingSocket implements Closeable {
    private final java.net.ServerSocket server =
            new java.net.ServerSocket(0, 50, java.net.InetAddress.getLoopbackAddress());
    private final AtomicInteger connections = new AtomicInteger();

    SwitchingSocket(ScriptedSocket.Script first, URI service) throws IOException {
        daemon(() -> {
            while (true) {
                Socket client = server.accept();
                if (connections.getAndIncrement() == 0) {
                    client.getInputStream().read(new byte[1 << 16]);
                    first.run(client);
                    client.shutdownOutput();
                } else {
                    Socket upstream = new Socket(service.getHost(), service.getPort());
                    daemon(() -> copy(client, upstream));
                    daemon(() -> copy(upstream, client));
                }
            }
        });
    }

    private static void copy(Socket from, Socket to) throws IOException {
        try (InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                // The test has ended.
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
