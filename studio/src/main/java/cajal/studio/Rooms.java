package cajal.studio;

import java.nio.file.Path;
import java.util.List;

/// The rooms of the studio: a further one is a line here, a script in `page/pages`, and a line in
/// `page/app.js`.
final class Rooms {
    private Rooms() {}

    static List<Room> of(Path runs, RunFolders folders) {
        return List.of(
                new DigitsRoom(runs),
                new PlaygroundRoom(),
                new DescentRoom(),
                new ActivationsRoom(),
                new ModelRoom(runs),
                new RunsRoom(folders));
    }
}
