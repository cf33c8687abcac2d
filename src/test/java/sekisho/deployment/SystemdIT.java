package sekisho.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sekisho.testing.ServiceHome;
import sekisho.testing.ServiceProcess;
import sekisho.testing.SmallStores;
import sekisho.testing.TestServers;
import sekisho.testing.Until;

/**
 * The units, checked by systemd's own tools where they are installed, and the service's
 * notifications.
 */
class SystemdIT {

  private static final int SYSTEMD_WITH_OFFLINE = 250;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"sekisho.service", "sekisho@.service"})
  void unitsAreRightAndHardened(String name) throws Exception {
    assumeThat(version()).as("systemd").isGreaterThanOrEqualTo(SYSTEMD_WITH_OFFLINE);
    String unit = Files.readString(Path.of("conf/systemd", name));
    Path there =
        Files.writeString(
            directory.resolve(name.replace("@", "@1")),
            unit.replace("/usr/local/bin/sekisho", "/bin/true")
                .replace("Documentation=man:sekisho(1)\n", ""));
    assertThat(said(0, "systemd-analyze", "verify", there.toString()))
        .doesNotContain(name.replace("@", "@1") + ":")
        .doesNotContain("Unknown");
    assertThat(
            said(
                0,
                "systemd-analyze",
                "security",
                "--offline=true",
                "--threshold=30",
                there.toString()))
        .contains("Overall exposure level");
    assertThat(unit)
        .contains("Type=notify\n", "Restart=always\n")
        .doesNotContain("MemoryDeny" + "WriteExecute=");
  }

  private int version() throws Exception {
    try {
      return Integer.parseInt(said(0, "systemd-analyze", "--version").split("[ .]")[1]);
    } catch (IOException e) {
      return 0;
    }
  }

  private String said(int status, String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(status);
    return said;
  }

  /** By a path, and by a name that is in no directory, as systemd has both. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theManagerIsToldThatItServesAndThatItEnds(boolean inAbstractNameSpace) throws Exception {
    String name = directory.resolve("notify").toString();
    Queue<String> told = new ConcurrentLinkedQueue<>();
    MultiThreadIoEventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Channel manager =
        new Bootstrap()
            .group(loop)
            .channel(EpollDomainDatagramChannel.class)
            .handler(
                new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                  @Override
                  protected void channelRead0(
                      ChannelHandlerContext context, DomainDatagramPacket packet) {
                    told.addAll(
                        List.of(packet.content().toString(StandardCharsets.UTF_8).split("\n")));
                  }
                })
            .bind(new DomainSocketAddress(inAbstractNameSpace ? "\0" + name : name))
            .sync()
            .channel();
    try (ServiceHome home =
        new ServiceHome()
            .with(SmallStores.withUsers(TestServers.shared(), 1))
            .with("NOTIFY_SOCKET", inAbstractNameSpace ? "@" + name : name)) {
      ServiceProcess service = home.startReady("serve");
      Until.isTrue("READY=1 arrives", () -> told.contains("READY=1"));
      assertThat(told).anyMatch(line -> line.startsWith("STATUS=serving on http://127.0.0.1:"));
      assertThat(told).doesNotContain("STOPPING=1");
      service.signal("TERM");
      assertThat(service.awaitEnd().status()).isZero();
      Until.isTrue("STOPPING=1 arrives", () -> told.contains("STOPPING=1"));
    } finally {
      manager.close().sync();
      loop.shutdownGracefully();
    }
  }

  @Test
  void aManagerThatIsNotThereIsNoReasonNotToServe() {
    try (ServiceHome home =
        new ServiceHome()
            .with(SmallStores.withUsers(TestServers.shared(), 1))
            .with("NOTIFY_SOCKET", directory.resolve("nobody").toString())) {
      ServiceProcess service = home.startReady("serve");
      service.awaitPrinted("systemd cannot be told over");
      service.signal("TERM");
      assertThat(service.awaitEnd().status()).isZero();
    }
  }
}
