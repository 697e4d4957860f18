// Prevents two things, whatever signal this process gets: opening Node's inspector, and writing the environment into a report.

// Without a listener of our own, Node answers SIGUSR1 by opening an inspector, where any local user could run code as our user.
process.on('SIGUSR1', () => {});

process.report.excludeEnv = true;
