package sekisho.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One connection to an HTTP server that sends bytes exactly as told, for tests. */
public final class HttpProbe implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  /** Connects to a port of 127.0.0.1. */
  public HttpProbe(int port) {
    this("127.0.0.1", port);
  }

  /** Connects. */
  public HttpProbe(String host, int port) {
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getByName(host), port), TIMEOUT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends one request on a connection of its own and reads the response to it. */
  public static HttpReply once(int port, String request) {
    try (HttpProbe probe = new HttpProbe(port)) {
      probe.send(request);
      return request.startsWith("HEAD ") ? probe.receiveHead() : probe.receive();
    }
  }

  /** Sends text, each char as one byte. */
  public void send(String text) {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes. */
  public void send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends text, each char as one byte; false if the server has closed the connection. */
  public boolean trySend(String text) {
    try {
      send(text);
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Reads a whole response to a request that was not HEAD. */
  public HttpReply receive() {
    HttpReply head = receiveHead();
    try {
      return new HttpReply(head.statusLine(), head.headerLines(), body(head));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a response that has no body, whatever its headers say. */
  public HttpReply receiveHead() {
    try {
      String statusLine = line();
      List<String> headers = new ArrayList<>();
      for (String header = line(); !header.isEmpty(); header = line()) {
        headers.add(header);
      }
      return new HttpReply(statusLine, headers, new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the server has closed the connection; false if it sends something or 20 s pass. */
  public boolean isClosedByServer() {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a whole response; false if the server has closed the connection instead. */
  public boolean isAnswered() {
    try {
      receive();
      return true;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  /** Tells whether the server says nothing, nor closes the connection, for so long. */
  public boolean isSilentFor(int millis) {
    try {
      socket.setSoTimeout(millis);
      in.mark(1);
      in.read();
      in.reset();
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    } catch (IOException e) {
      return false;
    } finally {
      waitAsUsual();
    }
  }

  private void waitAsUsual() {
    try {
      socket.setSoTimeout(TIMEOUT_MILLIS);
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] body(HttpReply head) throws IOException {
    if (head.status() < 200 || head.status() == 204 || head.status() == 304) {
      return new byte[0];
    }
    String length = head.header("content-length");
    if (length == null) {
      throw new AssertionError("the service sends the length of every body, but: " + head);
    }
    byte[] body = in.readNBytes(Integer.parseInt(length));
    if (body.length != Integer.parseInt(length)) {
      throw new EOFException("body ends after " + body.length + " of " + length + " bytes");
    }
    return body;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server closed the connection");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
