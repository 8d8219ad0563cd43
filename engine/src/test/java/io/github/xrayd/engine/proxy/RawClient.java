package io.github.xrayd.engine.proxy;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP client that sends exactly the bytes it is given, as SDKs and worse do. */
final class RawClient implements Closeable {
    /** What came back; status 0 when the connection was closed without an answer. */
    record Reply(int status, Map<String, List<String>> headers, String body) {
        String header(String name) {
            List<String> values = headers.get(name);
            return values == null ? "" : values.get(0);
        }
    }

    private final Socket socket;
    private final InputStream in;

    RawClient(InetSocketAddress address) throws IOException {
        socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    static Reply post(InetSocketAddress address, String path, String body, String... headers) throws IOException {
        try (RawClient client = new RawClient(address)) {
            return client.call("POST", path, body, headers);
        }
    }

    static Reply call(InetSocketAddress address, String method, String path, String... headers) throws IOException {
        try (RawClient client = new RawClient(address)) {
            return client.call(method, path, "", headers);
        }
    }

    Reply call(String method, String path, String body, String... headers) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        head.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(bytes);
        send(all.toByteArray());
        return read(method.equals("HEAD"));
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Reply read(boolean isHead) throws IOException {
        String status = line();
        if (status.isEmpty()) {
            return new Reply(0, Map.of(), "");
        }
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon), k -> new ArrayList<>())
                    .add(line.substring(colon + 1).trim());
        }
        List<String> length = headers.get("Content-Length");
        int count = isHead || length == null ? 0 : Integer.parseInt(length.get(0));
        String body = new String(in.readNBytes(count), StandardCharsets.UTF_8);
        return new Reply(Integer.parseInt(status.split(" ", -1)[1]), headers, body);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) >= 0 && c != '\n') {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    void socketShutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Whether the server has closed the connection; waits for it. */
    boolean isClosedByServer() {
        try {
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
