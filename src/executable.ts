// The program as a single executable: the command line and the daemon, and, as a child of the daemon, the program that draws icons.
import { drawingWord } from './icons/places.ts';

if (process.argv[2] === drawingWord) void import('./icons/draw.ts');
else void import('./main.ts');
