package sekisho.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import sekisho.bench.client.Engine;
import sekisho.bench.client.RawRequest;
import sekisho.bench.contest.AddressPool;
import sekisho.bench.contest.ContestLoad;
import sekisho.bench.contest.ExpectedState;
import sekisho.bench.contest.Planner;
import sekisho.bench.contest.SimulatedBrowser;
import sekisho.bench.contest.UserPool;
import sekisho.bench.contest.VirtualUser;
import sekisho.bench.load.Account;
import sekisho.bench.load.Dataset;
import sekisho.bench.load.Recorder;
import sekisho.bench.output.BenchSettings;
import sekisho.bench.raw.ArrivalRate;
import sekisho.bench.raw.ClosedLoop;
import sekisho.bench.raw.FixedRate;
import sekisho.bench.raw.RawForms;
import sekisho.bench.raw.RawLoad;

/**
 * Puts the workers of a run together.
 *
 * @param settings what to run
 * @param engine where its connections live
 * @param recorder what takes note of their requests
 */
record Loads(BenchSettings settings, Engine engine, Recorder recorder) {

  /** Contest load; each worker gets users and addresses that no other has. */
  ContestLoad contest(List<Account> accounts, ExpectedState expected) {
    List<Account> shuffled = new ArrayList<>(accounts);
    Collections.shuffle(shuffled, new Random(settings.seed()));
    List<VirtualUser> walks = new ArrayList<>();
    for (int worker = 0; worker < settings.workers(); worker++) {
      List<Account> share = new ArrayList<>();
      for (int i = worker; i < shuffled.size(); i += settings.workers()) {
        share.add(shuffled.get(i));
      }
      walks.add(walk(worker, share, expected));
    }
    return new ContestLoad(engine.vertx(), walks, requestsEach());
  }

  /** Raw load. To be called on the event loop. */
  RawLoad raw(Dataset dataset) {
    List<Account> accounts = new ArrayList<>(dataset.accounts());
    accounts.removeIf(account -> account.failures() >= settings.thresholds().user());
    Collections.shuffle(accounts, new Random(settings.seed()));
    RawForms forms = RawForms.of(accounts);
    RawRequest.Maker requests = new RawRequest.Maker(settings.target());
    List<RawLoad.Lane> lanes = new ArrayList<>();
    for (int i = 0; i < settings.workers(); i++) {
      lanes.add(
          new RawLoad.Lane(
              engine.rawConnection(settings.timeout(), recorder),
              settings.raw().session(i, settings.workers(), forms, requests)));
    }
    ArrivalRate pace =
        settings.rate() == 0
            ? new ClosedLoop(settings.requests())
            : new FixedRate(
                engine.eventLoop(),
                settings.rate(),
                settings.requests(),
                settings.raw().mainKind());
    return new RawLoad(engine.vertx(), lanes, pace, recorder);
  }

  private VirtualUser walk(int worker, List<Account> share, ExpectedState expected) {
    SplittableRandom random = new SplittableRandom(settings.seed() * 1_000_003 + worker);
    UserPool users = new UserPool(share, settings.thresholds().user(), random);
    AddressPool addresses =
        new AddressPool(worker, settings.workers(), settings.thresholds().address(), random);
    SimulatedBrowser browser =
        new SimulatedBrowser(engine.connection(settings.timeout(), recorder), settings.keepAlive());
    return new VirtualUser(
        browser,
        new Planner(worker, expected, users, addresses, random),
        expected,
        recorder,
        random);
  }

  private long requestsEach() {
    long workers = settings.workers();
    return settings.requests() / workers + (settings.requests() % workers == 0 ? 0 : 1);
  }
}
