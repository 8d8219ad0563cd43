package io.github.xrayd.engine.aws;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A forward proxy on loopback that opens tunnels (CONNECT), itself behind TLS or not; keeps the heads it was sent. */
final class TunnelProxy implements Closeable {
    private final ServerSocket server;
    private final String scheme;
    final List<String> heads = new CopyOnWriteArrayList<>();

    TunnelProxy(@Nullable SSLContext tls) throws IOException {
        ServerSocketFactory factory = tls == null ? ServerSocketFactory.getDefault() : tls.getServerSocketFactory();
        server = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        scheme = tls == null ? "http" : "https";
        daemon(() -> {
            while (true) {
                Socket client = server.accept();
                daemon(() -> serve(client));
            }
        });
    }

    private void serve(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = client.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return;
            }
            head.append((char) c);
        }
        heads.add(head.toString());
        String[] target = head.toString().split(" ", -1)[1].split(":", -1);
        Socket upstream = new Socket(target[0], Integer.parseInt(target[1]));
        client.getOutputStream().write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        daemon(() -> in.transferTo(upstream.getOutputStream()));
        daemon(() -> upstream.getInputStream().transferTo(client.getOutputStream()));
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void daemon(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // The test has ended.
                return;
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    URI uri() {
        return URI.create(scheme + "://127.0.0.1:" + server.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
