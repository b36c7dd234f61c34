import { configure } from '@testing-library/react';

// What is awaited of a real server on a busy machine may take longer than a second.
configure({ asyncUtilTimeout: 20_000 });
