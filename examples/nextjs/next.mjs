// Next.js without its telemetry, on every platform. An .env file would come too late: a process of
// `next dev` looks before it is read.
process.env.NEXT_TELEMETRY_DISABLED = '1';
await import('next/dist/bin/next');
