// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.clients;

import static io.pagestrata.integration.clients.ClientProgram.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Options and requests in orders that no program has, spoken by libnbd from Python. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LibnbdOrdersTest {
  private static final String SCRIPT =
      """
      import nbd, sys

      def connect(name="disk", **settings):
          h = nbd.NBD()
          h.set_opt_mode(True)
          h.set_export_name(name)
          h.set_strict_mode(0) # sends what it would refuse by itself, such as unaligned requests
          for key, value in settings.items():
              getattr(h, "set_" + key)(value)
          h.connect_unix(sys.argv[1])
          return h

      def refused(call, *errors):
          try:
              call()
          except nbd.Error as e:
              assert e.errno in errors, e
          else:
              raise AssertionError("not refused: %s" % call)

      # Ask about what is not there, then about everything, then take something else.
      h = connect("absent")
      refused(h.opt_info, "ENOENT")
      refused(h.opt_go, "ENOENT")
      names = []
      h.opt_list(lambda name, description: names.append(name))
      assert names == ["disk", "other"], names
      h.set_export_name("other")
      h.opt_info()
      assert h.is_read_only() and h.get_size() == 1 << 20
      h.set_export_name("disk")
      h.opt_info()
      assert not h.is_read_only() and h.can_fast_zero() and h.can_df() and h.can_cache()
      contexts = []
      h.opt_list_meta_context(contexts.append)
      assert contexts == ["base:allocation"], contexts
      h.add_meta_context("base:allocation")
      h.add_meta_context("x-other:thing")
      h.set_export_name("absent")
      refused(h.opt_go, "ENOENT")
      h.set_export_name("disk")
      h.opt_go()
      assert h.can_meta_context("base:allocation") and not h.can_meta_context("x-other:thing")
      h.pwrite(b"x" * 5000, 1000)
      assert h.pread(5002, 999) == b"\\0" + b"x" * 5000 + b"\\0"
      extents = []
      h.block_status(1 << 20, 0, lambda context, offset, entries, error: extents.extend(entries))
      assert extents == [8192, 0, (1 << 20) - 8192, 3], extents

      # Requests that this client would not send by itself.
      refused(lambda: h.pread(512, h.get_size()), "EINVAL")
      refused(lambda: h.pwrite(b"y", h.get_size()), "ENOSPC")
      refused(lambda: h.zero(100, 10, nbd.CMD_FLAG_FAST_ZERO), "ENOTSUP", "EOPNOTSUPP")
      h.zero(8192, 0, nbd.CMD_FLAG_FAST_ZERO)
      assert h.pread(8192, 0) == bytes(8192)
      h.shutdown()

      # Leave in the middle.
      h = connect()
      h.opt_info()
      h.opt_abort()

      # Without structured replies, and as clients of the oldest kind that is left.
      h = connect(request_structured_replies=False)
      h.opt_go()
      assert not h.get_structured_replies_negotiated() and not h.can_df()
      assert h.pread(3, 0) == bytes(3)
      h.shutdown()
      for flags in (0, nbd.HANDSHAKE_FLAG_NO_ZEROES):
          h = nbd.NBD()
          h.set_export_name("disk")
          h.set_handshake_flags(flags)
          h.connect_unix(sys.argv[1])
          assert h.get_protocol() == "newstyle" and h.pread(3, 4096) == bytes(3)
          h.shutdown()

      # Many requests at once, answers in any order.
      h = connect()
      h.opt_go()
      buffers = [nbd.Buffer(4096) for i in range(64)]
      cookies = [h.aio_pread(buffer, i * 4096) for i, buffer in enumerate(buffers)]
      for cookie in reversed(cookies):
          while not h.aio_command_completed(cookie):
              h.poll(-1)
      assert h.aio_in_flight() == 0
      h.shutdown()
      print("all orders were answered")
      """;

  @TempDir private Path directory;

  /** The first interpreter that has libnbd: a python of another place often comes first. */
  private static String python() throws Exception {
    for (String python :
        new String[] {"/usr/bin/python3", ClientProgram.assumeInstalled("python3")}) {
      if (Files.isExecutable(Path.of(python))
          && new ProcessBuilder(python, "-c", "import nbd").start().waitFor() == 0) {
        return python;
      }
    }
    return Assumptions.abort("no python3 here has libnbd (python3-libnbd)");
  }

  @Test
  void oddOrdersAreAnsweredProperly() throws Exception {
    String python = python();
    Path script = Files.writeString(directory.resolve("orders.py"), SCRIPT);
    try (ServedStore served = ServedStore.open(directory)) {
      assertThat(run(directory, python, script.toString(), served.socket()))
          .contains("all orders were answered");
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left.map(it -> it.getFileName().toString())).doesNotContain("socket");
    }
  }
}
