package io.github.xrayd.engine.aws;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A TCP port that misbehaves below HTTP: each connection is given to the script once the request's head was read. */
final class ScriptedSocket implements Closeable {
    interface Script {
        void run(Socket socket) throws IOException, InterruptedException;
    }

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    ScriptedSocket(Script script) throws IOException {
        start(() -> {
            while (!server.isClosed()) {
                Socket socket = server.accept();
                sockets.add(socket);
                start(() -> {
                    try (socket) {
                        readHead(new BufferedInputStream(socket.getInputStream()));
                        script.run(socket);
                    }
                });
            }
        });
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException | InterruptedException e) {
                // The test has ended, or the other side has left: both are what these tests provoke.
                return;
            }
        });
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private static void readHead(InputStream in) throws IOException {
        int matched = 0;
        while (matched < 4) {
            int c = in.read();
            if (c < 0) {
                return;
            }
            matched = c == "\r\n\r\n".charAt(matched) ? matched + 1 : c == '\r' ? 1 : 0;
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        threads.forEach(Thread::interrupt);
    }
}
