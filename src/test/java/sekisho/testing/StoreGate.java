package sekisho.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import sekisho.testing.gate.Command;
import sekisho.testing.gate.CommandReader;
import sekisho.testing.gate.MySqlCommands;
import sekisho.testing.gate.RedisCommands;

/**
 * A gate between the service and a store: passes everything through, until a command comes that the
 * test waits for. That one it holds, before the store gets it or before the service gets the
 * answer, until the test lets it go or cuts the connection. It listens on a port of 127.0.0.1 and
 * connects to the store's Unix socket.
 */
public final class StoreGate implements AutoCloseable {

  private final ServerSocketChannel listener;
  private volatile UnixDomainSocketAddress store;
  private final Supplier<CommandReader> protocol;
  private final Set<Passage> passages = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Hold> next = new AtomicReference<>();
  private volatile Consumer<Command> watcher = command -> {};
  private volatile boolean swallowing;

  /** Where a command is held. */
  public enum When {
    /** The store has not seen it. */
    BEFORE,
    /** The store has run it and has answered; the service does not know. */
    AFTER
  }

  private StoreGate(UnixDomainSocketAddress store, Supplier<CommandReader> protocol) {
    this.store = store;
    this.protocol = protocol;
    try {
      listener =
          ServerSocketChannel.open()
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::accept, "gate");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * A gate before a MariaDB. A command reads as the text of its statement, also where that was
   * prepared before.
   *
   * @param url the URL of the server's socket
   */
  public static StoreGate ofMySql(String url) {
    return new StoreGate(socketOfMySql(url), MySqlCommands::new);
  }

  /**
   * Leads connections that are made from here on to another MariaDB; the others stay where they
   * are.
   */
  public void leadToMySql(String url) {
    store = socketOfMySql(url);
  }

  private static UnixDomainSocketAddress socketOfMySql(String url) {
    return UnixDomainSocketAddress.of(
        Path.of(url.replaceFirst(".*[?&]socket=", "").replaceFirst("&.*", "")));
  }

  /**
   * A gate before a Redis. A command reads as its words, separated by spaces, such as {@code LLEN
   * {sekisho}:queue}.
   *
   * @param url the URL of the server's socket
   */
  public static StoreGate ofRedis(String url) {
    return new StoreGate(
        UnixDomainSocketAddress.of(Path.of(url.replaceFirst("^unix://", ""))), RedisCommands::new);
  }

  /** The port that stands for the store. */
  public int port() {
    try {
      return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What the URL of a MariaDB becomes when one goes through this gate; without TLS, as on a socket,
   * so that it takes files.
   */
  public String mySqlUrl(String direct) {
    return direct
        .replaceFirst("@localhost/", "@127.0.0.1:" + port() + "/")
        .replaceFirst("\\?socket=.*", "?sslMode=DISABLED");
  }

  /** The URL of a Redis behind this gate. */
  public String redisUrl() {
    return "redis://127.0.0.1:" + port();
  }

  /**
   * Holds the next command that this is true for, on whichever connection it comes. One at a time.
   */
  public Hold holdNext(When when, Predicate<String> command) {
    return holdNext(new Hold(when, command, null));
  }

  private Hold holdNext(Hold hold) {
    next.set(hold);
    return hold;
  }

  /**
   * Tells of every command that comes from here on, before it is held or passed on; by any thread,
   * several at once.
   */
  public void watch(Consumer<Command> newWatcher) {
    watcher = newWatcher;
  }

  /** Cuts all connections; new ones are accepted. */
  public void cutAll() {
    passages.forEach(Passage::cut);
  }

  /**
   * From here on nothing arrives, on neither side, and no connection ends: as when a cable is
   * pulled.
   */
  public void swallow() {
    swallowing = true;
  }

  /**
   * Ends {@link #swallow} for connections that are made from here on; the others stay as they are.
   */
  public void letNewOnesPass() {
    passages.forEach(passage -> passage.lost = true);
    swallowing = false;
  }

  /** Cuts everything and stops listening. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cutAll();
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel client = listener.accept();
        Passage passage = new Passage(client);
        passages.add(passage);
        passage.open();
      } catch (IOException e) {
        // The gate was closed, or the store is away, as the service sees by its connection's end.
      }
    }
  }

  /** A command to hold. */
  public final class Hold {

    private final When when;
    private final Predicate<String> command;

    /** The connection that it must come on; null for any. */
    private final Passage on;

    private volatile Passage held;
    private boolean over;

    private Hold(When when, Predicate<String> command, Passage on) {
      this.when = when;
      this.command = command;
      this.on = on;
    }

    /** Waits until the command is held; fails after 30 s. */
    public Hold awaitHeld() {
      Until.isTrue("the command is at the gate", this::isHeld);
      return this;
    }

    /** Whether the command is held, or was. */
    public boolean isHeld() {
      return held != null;
    }

    /** Lets the command, or the answer to it, pass. */
    public synchronized void release() {
      over = true;
      notifyAll();
    }

    /**
     * Lets the command that is held pass, and holds the next one on the same connection that this
     * is true for.
     */
    public Hold releaseUntil(When nextWhen, Predicate<String> nextCommand) {
      Hold following = holdNext(new Hold(nextWhen, nextCommand, held));
      release();
      return following;
    }

    /** Cuts the connection at this place, on both sides. */
    public synchronized void cut() {
      held.cut();
      release();
    }

    private boolean isFor(Passage passage, List<Command> sent) {
      return (on == null || on == passage) && sent.stream().map(Command::text).anyMatch(command);
    }

    private synchronized void hold(Passage passage) throws IOException {
      held = passage;
      while (!over) {
        try {
          wait();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
    }
  }

  /** One connection. */
  private final class Passage {

    private final SocketChannel client;
    private final SocketChannel server;
    private final CommandReader commands = protocol.get();

    /** What holds the next answer. */
    private volatile Hold answer;

    /** Whether it was there while everything was swallowed. */
    private volatile boolean lost;

    Passage(SocketChannel client) throws IOException {
      this.client = client;
      this.server = SocketChannel.open(StandardProtocolFamily.UNIX);
    }

    void open() throws IOException {
      try {
        server.connect(store);
      } catch (IOException e) {
        cut();
        throw e;
      }
      start(client, server, this::fromClient);
      start(server, client, this::fromServer);
    }

    void cut() {
      passages.remove(this);
      close(client);
      close(server);
    }

    private static void close(SocketChannel side) {
      try {
        side.close();
      } catch (IOException e) {
        // It is closed either way.
      }
    }

    private void start(SocketChannel from, SocketChannel to, Transfer transfer) {
      Thread thread =
          new Thread(
              () -> {
                ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
                try {
                  while (from.read(buffer) >= 0) {
                    buffer.flip();
                    lost |= swallowing;
                    if (!lost) {
                      transfer.pass(buffer, to);
                    }
                    buffer.clear();
                  }
                } catch (IOException e) {
                  // One side has gone: so goes the other.
                } finally {
                  lost |= swallowing;
                  // A lost connection's other side does not learn of the end.
                  if (lost) {
                    close(from);
                  } else {
                    cut();
                  }
                }
              },
              "gate");
      thread.setDaemon(true);
      thread.start();
    }

    private void fromClient(ByteBuffer bytes, SocketChannel to) throws IOException {
      List<Command> sent = commands.sent(bytes.duplicate());
      sent.forEach(watcher);
      Hold hold = next.get();
      if (hold != null && hold.isFor(this, sent) && next.compareAndSet(hold, null)) {
        if (hold.when == When.BEFORE) {
          hold.hold(this);
        } else {
          answer = hold;
        }
      }
      write(bytes, to);
    }

    private void fromServer(ByteBuffer bytes, SocketChannel to) throws IOException {
      boolean answers = commands.answered(bytes.duplicate());
      Hold hold = answer;
      if (hold != null && answers) {
        answer = null;
        hold.hold(this);
      }
      write(bytes, to);
    }

    private void write(ByteBuffer bytes, SocketChannel to) throws IOException {
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    }
  }

  /** Passes bytes on. */
  private interface Transfer {
    void pass(ByteBuffer bytes, SocketChannel to) throws IOException;
  }
}
